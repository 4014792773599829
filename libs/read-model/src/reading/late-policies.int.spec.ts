import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type OwnPostgres, startOwnPostgres } from '@stemma/testing';
import { withClient } from '../database/connect.js';
import { ensureRoles } from '../database/roles.js';
import { openReadModel, type ReadModel } from './open-read-model.js';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const request = { tenantId: '0198b7a4-0000-7000-8000-000000000001', projections: [] };

let postgres: OwnPostgres;
let readModel: ReadModel;

beforeAll(async () => {
  postgres = await startOwnPostgres();
  await withClient(postgres.superuserUrl, 'spec', async (sql) => {
    await ensureRoles(sql);
    await sql.query('ALTER ROLE stemma_reader BYPASSRLS');
  });
});
afterAll(async () => {
  await readModel.close();
  await postgres.stop();
});

it('a reader that opened while Postgres was away is told of a bypass before it reads a row', async () => {
  await expect(openReadModel({ databaseUrl: postgres.superuserUrl, log: quiet })).rejects.toThrow(
    /would bypass/,
  );
  await postgres.halt();
  readModel = await openReadModel({ databaseUrl: postgres.superuserUrl, log: quiet });
  let asked = false;
  const read = () => readModel.read(request, () => Promise.resolve((asked = true)));
  await expect(read()).rejects.toThrow(/cannot be reached/);
  await postgres.restart();
  await expect(read()).rejects.toThrow(/would bypass/);
  expect(asked).toBe(false);
});
