import { choosePort, preparePostgres } from '@stemma/local/servers';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { type OwnServer, startOwnServer } from './own-server.js';
import { withSharedServer } from './shared-server.js';
import type { SharedServer } from './shared-server.js';

/** A database of one's own. */
export interface TestPostgres {
  /** As the role `stemma`: owner of the database, may make roles, no superuser. */
  readonly url: string;
  /** As the superuser, for what only tests do (ending other sessions, looking behind policies). */
  readonly superuserUrl: string;
  /** Drops the database. */
  readonly stop: () => Promise<void>;
}

interface PostgresFacts {
  readonly url: string;
  readonly superuserUrl: string;
}

const shared: SharedServer<PostgresFacts> = {
  name: 'postgres',
  prepare: async (dir) => {
    const port = await choosePort(0);
    const server = await preparePostgres({ dir, port, durable: false, settings: { max_connections: '300' } });
    return { server, facts: { url: server.url, superuserUrl: server.superuserUrl } };
  },
};

async function asSuperuser(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function inDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

/**
 * An empty database on a real PostgreSQL 17 that this test run shares. Roles belong to the server, so specs that run
 * beside each other see the same ones; everything else is this database's alone.
 */
export async function startPostgres(): Promise<TestPostgres> {
  const database = `test_${randomBytes(8).toString('hex')}`;
  return withSharedServer(shared, async (facts) => {
    await asSuperuser(facts.superuserUrl, `CREATE DATABASE ${database} OWNER stemma`);
    return {
      url: inDatabase(facts.url, database),
      superuserUrl: inDatabase(facts.superuserUrl, database),
      stop: () => asSuperuser(facts.superuserUrl, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`),
    };
  });
}

/** A server of a spec's own, which it may also ruin; with roles of its own. */
export interface OwnPostgres extends OwnServer {
  readonly superuserUrl: string;
}

export async function startOwnPostgres(): Promise<OwnPostgres> {
  const dir = await mkdtemp(path.join(tmpdir(), 'stemma-postgres-'));
  const prepared = await preparePostgres({ dir, port: await choosePort(0), durable: false });
  const server = await startOwnServer(prepared);
  const stop = () => server.stop().then(() => rm(dir, { recursive: true, force: true }));
  return { ...server, superuserUrl: prepared.superuserUrl, stop };
}
