import { readConfig } from '@stemma/config';
import { connectEventStore, type EventStore } from '@stemma/event-store';
import { createLogger } from '@stemma/observability';
import { projections } from '@stemma/projections';
import { openReadModel, runProjections } from '@stemma/read-model';
import {
  type FaultProxy,
  startFaultProxy,
  startLog,
  startPostgres,
  type TestLog,
  type TestPostgres,
} from '@stemma/testing';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Api, createApi } from './create-api.js';

/** The whole of it on real parts: event node, Postgres, projector, API; a log and a database of its own. */
export interface TestApi {
  readonly url: string;
  readonly api: Api;
  readonly log: TestLog;
  /** Between the API and what it stands on; the projector has connections of its own. */
  readonly between: { readonly store: FaultProxy; readonly database: FaultProxy };
  readonly store: EventStore;
  readonly database: TestPostgres;
  readonly stateDir: string;
  /** Everything the API logged, down to debug. */
  readonly logged: () => string;
  readonly keyOf: (principal: string) => Promise<string>;
  /** One request; `as` names a principal of the credentials directory, null sends none. */
  readonly call: (method: string, path: string, options?: CallOptions) => Promise<Called>;
  /** One more api process on the same log and database, behind its own proxy to the event store; closed by its own `close`. */
  readonly replica: (wrap?: (store: EventStore) => EventStore) => Promise<Replica>;
  readonly close: () => Promise<void>;
}

export interface Replica {
  readonly call: TestApi['call'];
  /** Between this process and the event store. */
  readonly between: FaultProxy;
  readonly close: () => Promise<void>;
}

export interface CallOptions {
  readonly as?: string | null;
  /** Sent as JSON, or as it is when it is a string. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Called {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; null when it is none. */
  readonly body: Body;
}

/** Specs say what they expect of it. */
export type Body = Readonly<Record<string, unknown>>;

export interface TestApiOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly clock?: () => Date;
  readonly timing?: NonNullable<Parameters<typeof connectEventStore>[0]['timing']>;
  /** A log that is there already; it is removed with the rest. */
  readonly on?: TestLog;
  /** What the projector reads instead of the log itself. With it nobody waits for the read models. */
  readonly projecting?: (store: EventStore) => EventStore;
}

export async function startTestApi(options: TestApiOptions = {}): Promise<TestApi> {
  const { env = {}, clock, timing = {}, on, projecting } = options;
  const [log, database] = await Promise.all([on ?? startLog(), startPostgres()]);
  const stateDir = await mkdtemp(path.join(tmpdir(), 'stemma-api-'));
  const lines: string[] = [];
  const logger = createLogger({
    name: 'api',
    level: 'debug',
    to: { write: (line) => void lines.push(line) },
  });
  const between = {
    store: await startFaultProxy(log.port),
    database: await startFaultProxy(Number(new URL(database.url).port)),
  };
  const readUrl = new URL(database.url);
  readUrl.port = String(between.database.port);
  const config = readConfig(
    {
      EVENTSTORE_URL: log.url,
      DATABASE_URL: readUrl.href,
      STEMMA_STATE_DIR: stateDir,
      STEMMA_PORT: '0',
      ...env,
    },
    ['databaseUrl'],
  );
  const source = connectEventStore({ url: log.url });
  const store = connectEventStore({ url: `esdb://127.0.0.1:${between.store.port}?tls=false`, timing });
  const running = runProjections({
    databaseUrl: database.url,
    projections,
    source: projecting?.(source) ?? source,
    release: 'spec',
    log: logger,
  });
  const readModel = await openReadModel({ databaseUrl: readUrl.href, log: logger });
  const api = await createApi({ config, logger, store, readModel, release: 'spec', ...(clock && { clock }) });
  await api.ready;
  if (!projecting) await readModel.waitFor(projections, undefined, 20_000);
  const keyOf = async (principal: string): Promise<string> =>
    (await readFile(path.join(stateDir, 'credentials', principal), 'utf8')).trim();
  return {
    url: api.url,
    api,
    log,
    between,
    store: source,
    database,
    stateDir,
    logged: () => lines.join(''),
    keyOf,
    call: calling(api.url, keyOf),
    replica: async (wrap = (plain) => plain) => {
      const proxy = await startFaultProxy(log.port);
      const own = connectEventStore({ url: `esdb://127.0.0.1:${proxy.port}?tls=false`, timing });
      const other = await createApi({ config, logger, store: wrap(own), readModel, release: 'spec' });
      await other.ready;
      return {
        call: calling(other.url, keyOf),
        between: proxy,
        close: async () => {
          await other.close();
          await own.close();
          await proxy.close();
        },
      };
    },
    close: async () => {
      await api.close();
      await running.stop();
      await readModel.close();
      await Promise.all([store.close(), source.close()]);
      await Promise.all([between.store.close(), between.database.close()]);
      await Promise.all([log.remove(), database.stop(), rm(stateDir, { recursive: true, force: true })]);
    },
  };
}

function calling(url: string, keyOf: (principal: string) => Promise<string>): TestApi['call'] {
  return async (method, target, { as = 'author', body, headers = {} } = {}) => {
    const response = await fetch(url + target, {
      method,
      headers: {
        ...(as !== null && { Authorization: `Bearer ${await keyOf(as)}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: jsonOf(response, text) };
  };
}

function jsonOf(response: Response, text: string): Body {
  const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '') && text !== '';
  return isJson ? (JSON.parse(text) as Body) : {};
}

/** Where the log ends: what was refused has not moved it. */
export async function newestPosition(store: EventStore): Promise<bigint | undefined> {
  for await (const { position } of store.readAll({ direction: 'backwards', limit: 1 })) return position;
  return undefined;
}

export const content = (source: string) => ({ runtime: 'python', source });
