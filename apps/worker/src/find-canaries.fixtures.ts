import { connectRedis } from '@stemma/queue';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import pg from 'pg';

/** Somewhere that a secret could have got to: its name, and all that is there now. */
export interface Place {
  readonly name: string;
  readonly look: () => Promise<Buffer | string>;
}

/** How a text can stand somewhere without being seen at once. */
function tracesOf(canary: string): readonly Buffer[] {
  const bytes = Buffer.from(canary);
  const shifted = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(shift === 0 ? 0 : 4, -4),
  );
  const hash = createHash('sha256').update(bytes).digest('hex');
  const reversed = [...canary].reverse().join('');
  return [canary, bytes.toString('hex'), ...shifted, hash, reversed].map((trace) => Buffer.from(trace));
}

/** The names of the places where a canary is, in whatever form. */
export async function findCanary(canary: string, places: readonly Place[]): Promise<readonly string[]> {
  const traces = tracesOf(canary);
  const found = await Promise.all(
    places.map(async ({ name, look }) => {
      const there = Buffer.from(await look());
      return traces.some((trace) => there.includes(trace)) ? [name] : [];
    }),
  );
  return found.flat();
}

/** The bytes of every file below a directory. */
export const filesBelow = (name: string, directory: string): Place => ({
  name,
  look: async () => {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    // One that is gone meanwhile holds nothing.
    const nothing = (): Buffer => Buffer.alloc(0);
    return Buffer.concat(
      await Promise.all(files.map((file) => readFile(path.join(file.parentPath, file.name)).catch(nothing))),
    );
  },
});

/** Every row of every table that is not Postgres' own. */
export const tablesOf = (name: string, superuserUrl: string): Place => ({
  name,
  look: async () => {
    const client = new pg.Client({ connectionString: superuserUrl });
    await client.connect();
    try {
      const { rows: tables } = await client.query<{ name: string }>(
        `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
         WHERE relkind IN ('r', 'm') AND nspname !~ '^pg_' AND nspname <> 'information_schema'`,
      );
      const texts: string[] = [];
      for (const table of tables) {
        const { rows } = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${table.name} t`);
        texts.push(table.name, ...rows.map(({ row }) => row));
      }
      return texts.join('\n');
    } finally {
      await client.end();
    }
  },
});

/** Every key, and what is in it, as Redis dumps it. */
export const keysOf = (name: string, url: string): Place => ({
  name,
  look: async () => {
    const redis = connectRedis({ url, onFault: () => undefined });
    try {
      await new Promise((resolve) => redis.once('ready', resolve));
      await redis.config('SET', 'rdbcompression', 'no');
      const keys = await redis.keys('*');
      const dumps = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
      return Buffer.concat([...keys, ...dumps].map((part) => Buffer.from(part ?? '')));
    } finally {
      redis.disconnect();
    }
  },
});

/** The command lines of all processes of this machine, and with `environ` what they were started with. */
export const processes = (name: string, what: 'cmdline' | 'environ'): Place => ({
  name,
  look: async () => {
    const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
    const read = (pid: string) => readFile(`/proc/${pid}/${what}`).catch(() => Buffer.alloc(0));
    return Buffer.concat(await Promise.all(pids.map(read)));
  },
});

/** What the engine says of a run's container, as `docker inspect` shows it; empty while there is none. */
export async function inspectRun(dockerHost: string, runId: string): Promise<string> {
  const about = await askEngine(dockerHost, `/containers/stemma-${runId}-1/json`);
  return about.includes('"HostConfig"') ? about : '';
}

function askEngine(dockerHost: string, url: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const asked = request({ socketPath: dockerHost.replace('unix://', ''), path: url }, (answer) => {
    let text = '';
    answer.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    answer.on('end', () => resolve(text)).on('error', reject);
  });
  asked.on('error', reject).end();
  return promise;
}
