import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { choosePort } from './choose-port.js';
import { startGuarded } from './guard.js';
import type { Guarded } from './guard.js';
import { preparePostgres } from './postgres.js';
import type { PostgresServer } from './postgres.js';
import { postgresAccount, rootAccounts } from './postgres-account.js';
import type { PostgresAccount } from './postgres-account.js';

const home = mkdtempSync(join(tmpdir(), 'stemma-home-'));
/** As a home of mode 0700 is, with a space in the path, and longer than the path of a socket may be. */
const dir = join(home, 'a directory with spaces', 'x'.repeat(120), 'postgres');
const isRoot = process.getuid?.() === 0;

beforeAll(() => void mkdirSync(dir, { recursive: true, mode: 0o700 }));
afterAll(() => rmSync(home, { recursive: true, force: true }));

interface Running extends PostgresServer, Guarded {}

async function start(account?: PostgresAccount): Promise<Running> {
  const port = await choosePort(0);
  const server = await preparePostgres({ dir, port, ...(account === undefined ? {} : { account }) });
  const guarded = await startGuarded(server.program);
  guarded.unref();
  await server.ready();
  return { ...server, ...guarded };
}

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return Object.values((await client.query<Record<string, unknown>>(sql)).rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

describe('the embedded Postgres', () => {
  it('A7 runs for whoever starts it, root too, below a home of mode 0700 and in a path with spaces', async () => {
    const server = await start();
    expect(server.account === 'self').toBe(!isRoot);
    expect(await ask(server.url, 'SHOW server_version')).toMatch(/^17\./);
    expect(await ask(server.url, "SELECT current_setting('is_superuser') || ' ' || current_database()")).toBe(
      'off stemma',
    );
    await ask(server.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await server.stop();
  }, 60_000);

  it('keeps its data and comes back after a kill -9, its own pid file notwithstanding', async () => {
    const server = await start();
    process.kill(server.pid, 'SIGKILL');
    await server.exited;
    const again = await start();
    expect(await ask(again.url, 'SELECT answer FROM kept')).toBe(42);
    process.kill(again.pid, 'SIGKILL');
    await again.exited;
    // The number is now another program's: ours.
    writeFileSync(join(dir, 'data', 'postmaster.pid'), `${process.pid}\n${join(dir, 'data')}\n`);
    const third = await start();
    expect(await ask(third.url, 'SELECT answer FROM kept')).toBe(42);
    await third.stop();
  }, 60_000);

  it('ends one that an earlier, killed start left behind', async () => {
    const left = await start();
    const again = await start();
    expect(await ask(again.url, 'SELECT answer FROM kept')).toBe(42);
    expect((await left.exited).code).toBe(0);
    await again.stop();
  }, 60_000);

  it('lets nobody in without the password, and listens on loopback alone', async () => {
    const server = await start();
    await expect(ask(server.url.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow(/password/);
    expect(await ask(server.superuserUrl, 'SHOW listen_addresses')).toBe('127.0.0.1');
    expect(statSync(join(dir, 'password')).mode & 0o777).toBe(0o600);
    await server.stop();
  }, 60_000);

  it('A7 runs for root also where user namespaces are refused, and goes back and forth between the two ways', async () => {
    const ways = isRoot ? rootAccounts() : [await postgresAccount()];
    for (const way of [...ways, ...ways.slice(0, 1)]) {
      const server = await start(way);
      expect(await ask(server.url, 'SELECT answer FROM kept')).toBe(42);
      await server.stop();
    }
  }, 60_000);

  it('refuses data of another version, and says that it can be rebuilt', async () => {
    const old = join(home, 'old');
    mkdirSync(join(old, 'data'), { recursive: true });
    writeFileSync(join(old, 'data', 'PG_VERSION'), '16\n');
    await expect(preparePostgres({ dir: old, port: 1 })).rejects.toThrow(
      /made by PostgreSQL 16.*can be rebuilt from the log/,
    );
  });

  it('names the ways out when root can run it no way at all', async () => {
    const nowhere: PostgresAccount = { name: 'capability', prefix: ['false'] };
    await expect(postgresAccount([nowhere], true)).rejects.toThrow(
      /run as an ordinary user, or set DATABASE_URL/,
    );
  });
});
