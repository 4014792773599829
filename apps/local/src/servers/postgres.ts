import pg from 'pg';
import { postgresAccount } from './postgres-account.js';
import type { PostgresAccount } from './postgres-account.js';
import { postgresBinaries } from './postgres-binaries.js';
import { openCluster } from './postgres-cluster.js';
import { clearLeftover } from './postgres-leftover.js';
import type { Server } from './program.js';
import { waitUntil } from './wait-until.js';

export interface PostgresOptions {
  /** Where the cluster lives; made with mode 0700 when absent. */
  readonly dir: string;
  readonly port: number;
  /** Settings of postgresql.conf, over ours. */
  readonly settings?: Readonly<Record<string, string>>;
  /** False for data that nobody will miss. Default true. */
  readonly durable?: boolean;
  readonly account?: PostgresAccount;
}

/** A PostgreSQL server of ours: `url` is the database `stemma` as the role `stemma`, which is no superuser. */
export interface PostgresServer extends Server {
  readonly superuserUrl: string;
  readonly account: PostgresAccount['name'];
}

const name = 'stemma';
const careless = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

const urlOf = (user: string, password: string, port: number, database: string): string =>
  `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;

function confArgs(options: PostgresOptions): string[] {
  const conf = {
    listen_addresses: '127.0.0.1',
    // No socket file: its path may be longer than a socket's may be.
    unix_socket_directories: '',
    timezone: 'UTC',
    ...(options.durable === false ? careless : {}),
    ...options.settings,
  };
  return Object.entries(conf).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Our login role and database, as a managed PostgreSQL would hand them out: no superuser, may make roles. */
async function ensureRoleAndDatabase(superuserUrl: string, password: string): Promise<void> {
  await withClient(superuserUrl, async (client) => {
    const role = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
    const secret = client.escapeLiteral(password);
    if (role.rowCount === 0)
      await client.query(`CREATE ROLE ${name} LOGIN CREATEDB CREATEROLE PASSWORD ${secret}`);
    const database = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (database.rowCount === 0) await client.query(`CREATE DATABASE ${name} OWNER ${name}`);
  });
}

/**
 * PostgreSQL 17 from the binaries that npm brought, on loopback only, its passwords made here: ready to be started.
 * Works as root, below a home of mode 0700, in a path with spaces, and after a kill -9.
 *
 * @throws Error naming the remedy when this machine cannot run it
 */
export async function preparePostgres(options: PostgresOptions): Promise<PostgresServer> {
  const binaries = postgresBinaries();
  const account = options.account ?? (await postgresAccount());
  const durable = options.durable ?? true;
  const cluster = await openCluster({ dir: options.dir, binaries, account, durable });
  await clearLeftover(cluster.dataDir);
  const superuserUrl = urlOf('postgres', cluster.superuserPassword, options.port, 'postgres');
  const command = [...account.prefix, binaries.postgres, '-D', cluster.dataDir, '-p', String(options.port)];
  const [file = '', ...args] = [...command, ...confArgs(options)];
  return {
    program: { name: 'postgres', file, args, cwd: options.dir, stopSignal: 'INT', stopWithinSeconds: 20 },
    url: urlOf(name, cluster.password, options.port, name),
    superuserUrl,
    account: account.name,
    ready: (signal) =>
      waitUntil('PostgreSQL answering', () => ensureRoleAndDatabase(superuserUrl, cluster.password), {
        withinMs: 120_000,
        signal,
      }),
  };
}
