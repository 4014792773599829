import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startPostgres, type TestPostgres } from '@stemma/testing';
import type pg from 'pg';
import { isConnectionFailure } from './failures.js';
import { openPool } from './open-pool.js';

let postgres: TestPostgres;
let pool: pg.Pool;
beforeAll(async () => {
  postgres = await startPostgres();
  pool = openPool({ databaseUrl: postgres.url, name: 'spec', maxConnections: 2 });
});
afterAll(async () => {
  await pool.end();
  await postgres.stop();
});

it('a connection that is lost between two statements of a call fails the next one, and does not end the process', async () => {
  const [call, other] = [await pool.connect(), await pool.connect()];
  const { rows } = await call.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const lost = new Promise((resolve) => call.once('end', resolve));
  await other.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
  await lost;
  const failed = await call.query('SELECT 1').catch((error: unknown) => error);
  expect(isConnectionFailure(failed)).toBe(true);
  call.release();
  other.release();
  expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});
