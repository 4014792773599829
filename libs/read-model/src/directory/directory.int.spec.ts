import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPostgres, type TestPostgres } from '@stemma/testing';
import { inTransaction, withClient } from '../database/connect.js';
import { migrate } from '../database/migrate.js';
import { type Directory, openDirectory } from './open-directory.js';

const tenantA = '7b1f3a52-3d1e-5b0a-9c55-00000000000a';
const tenantB = '7b1f3a52-3d1e-5b0a-9c55-00000000000b';
const ann = { subject: 'ann', displayName: 'Ann Ö. Nymous', mail: 'ann@example.org' };

describe('the directory', () => {
  let postgres: TestPostgres;
  let directory: Directory;
  beforeAll(async () => {
    postgres = await startPostgres();
    directory = openDirectory({ databaseUrl: postgres.url });
  });
  afterAll(async () => {
    await directory.close();
    await postgres.stop();
  });

  it('is away, and says so, until its table is there', async () => {
    await expect(directory.list(tenantA)).rejects.toMatchObject({ name: 'ReadModelUnavailable' });
    await withClient(postgres.url, 'spec', migrate);
    expect(await directory.list(tenantA)).toEqual([]);
  });

  it('keeps one entry per person, and forgets it whole', async () => {
    await directory.put(tenantA, { ...ann, displayName: null });
    await directory.put(tenantA, ann);
    expect(await directory.find(tenantA, 'ann')).toEqual(ann);
    expect(await directory.erase(tenantB, 'ann')).toBe(false);
    expect(await directory.erase(tenantA, 'ann')).toBe(true);
    expect(await directory.list(tenantA)).toEqual([]);
  });

  it('A5 shows nothing of another tenant, and takes nothing for it, although the filter is forgotten', async () => {
    await directory.put(tenantA, ann);
    const asReader = (text: string, tenant: string) =>
      withClient(postgres.url, 'spec', (client) =>
        inTransaction(client, 'stemma_reader', async (sql) => {
          await sql.query("SELECT set_config('stemma.tenant', $1, true)", [tenant]);
          return (await sql.query(text)).rowCount;
        }),
      );
    expect(await asReader('SELECT * FROM stemma.directory', tenantA)).toBe(1);
    expect(await asReader('SELECT * FROM stemma.directory', tenantB)).toBe(0);
    expect(await asReader('SELECT * FROM stemma.directory', '')).toBe(0);
    expect(await asReader("UPDATE stemma.directory SET mail = 'x'", tenantB)).toBe(0);
    const foreign = `INSERT INTO stemma.directory VALUES ('${tenantA}', 'eve', 'Eve', null)`;
    await expect(asReader(foreign, tenantB)).rejects.toThrow('row-level security');
  });

  it('T9 refuses to be asked for no tenant', async () => {
    await expect(directory.list('')).rejects.toMatchObject({ name: 'MissingTenant' });
  });
});
