import { resolve } from 'node:path';
import { z } from 'zod';
import { edgeSettings } from './edge-settings.js';
import { connection, count, port } from './setting-forms.js';
import type { ProcessName, Setting } from './setting.js';
import { tokenSettings } from './token-settings.js';

<<<<<<< HEAD
=======
const port = z
  .string()
  .regex(/^\d{1,5}$/, 'is not a port number')
  .transform(Number)
  .refine((value) => value <= 65_535, 'is above 65535');

const bytes = z
  .string()
  .regex(/^\d{1,12}$/, 'is not a whole number of bytes')
  .transform(Number)
  .refine((value) => value >= 1024, 'is below 1024 bytes');

const count = z
  .string()
  .regex(/^\d{1,6}$/, 'is not a whole number')
  .transform(Number)
  .refine((value) => value >= 1, 'is below 1');

const runtimes = ['node', 'python', 'shell'] as const;

/** `node=2,python=1`: how many of each; what is not named is 0. */
const sizes = z
  .string()
  .regex(/^((node|python|shell)=\d{1,2}(,|$))*$/, 'is not of the form node=1,python=1,shell=0')
  .transform((value) => {
    const named = new Map(value.split(',').map((part) => part.split('=') as [string, string]));
    return Object.fromEntries(runtimes.map((name) => [name, Number(named.get(name) ?? 0)])) as Readonly<
      Record<(typeof runtimes)[number], number>
    >;
  });

/** A connection string whose scheme is one of `schemes`; hosts in a comma-separated list are fine (clusters). */
const connection = (...schemes: readonly string[]) =>
  z
    .string()
    .refine(
      (value) =>
        schemes.some((scheme) => value.startsWith(`${scheme}://`) && value.length > scheme.length + 3),
      `does not begin with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
    );

>>>>>>> 2415f68 (feat(runs): keep containers warm, try failed scripts again by policy, find runs by what they are about)
const servers: readonly ProcessName[] = ['api', 'projector', 'worker', 'local'];
const workers: readonly ProcessName[] = ['worker'];
const everyone: readonly ProcessName[] = ['local', 'event-node', 'api', 'projector', 'worker', 'cli'];

/** Every setting, once. The order is the order of the table in docs/configuration.md. */
export const settings = {
  eventstoreUrl: {
    name: 'EVENTSTORE_URL',
    schema: connection('esdb', 'esdb+discover'),
    form: 'esdb://…',
    help: 'The event store: the only truth. Without it `npm start` runs the embedded event node.',
    usedBy: servers,
    exposure: 'url',
  },
  databaseUrl: {
    name: 'DATABASE_URL',
    schema: connection('postgres', 'postgresql'),
    form: 'postgres://…',
    help: 'Postgres for the read models. Without it `npm start` runs an embedded PostgreSQL 17.',
    usedBy: servers,
    exposure: 'url',
  },
  redisUrl: {
    name: 'REDIS_URL',
    schema: connection('redis', 'rediss'),
    form: 'redis://…',
    help: 'Redis 7 with `maxmemory-policy noeviction`: transport of runs, never truth. Without it `npm start` runs one.',
    usedBy: ['api', 'worker', 'local'],
    exposure: 'url',
  },
  dockerHost: {
    name: 'DOCKER_HOST',
    schema: connection('unix', 'tcp', 'http', 'https'),
    form: 'unix:///…',
    help: "The container engine. Without it the engine's usual socket; without that `npm start` runs a `dockerd`, as root.",
    usedBy: ['worker', 'local'],
    exposure: 'url',
  },
  host: {
    name: 'STEMMA_HOST',
    schema: z.string().min(1),
    fallback: '127.0.0.1',
    form: 'address',
    help: 'The address that `api`, `projector` and `worker` listen on. Loopback unless something in front protects them.',
    usedBy: servers,
    exposure: 'public',
  },
  port: {
    name: 'STEMMA_PORT',
    schema: port,
    fallback: '4280',
    form: 'port',
    help: 'The port of the API; `npm start` takes a free one when it is taken. 0 means any free one.',
    usedBy: ['api', 'local'],
    exposure: 'public',
  },
  projectorPort: {
    name: 'STEMMA_PROJECTOR_PORT',
    schema: port,
    fallback: '4281',
    form: 'port',
    help: "The port of the projector's health; falls back like `STEMMA_PORT`.",
    usedBy: ['projector', 'local'],
    exposure: 'public',
  },
  workerPort: {
    name: 'STEMMA_WORKER_PORT',
    schema: port,
    fallback: '4285',
    form: 'port',
    help: "The port of the worker's health and metrics; falls back like `STEMMA_PORT`.",
    usedBy: ['worker', 'local'],
    exposure: 'public',
  },
  eventNodePort: {
    name: 'STEMMA_EVENT_NODE_PORT',
    schema: port,
    fallback: '4282',
    form: 'port',
    help: 'The port of the embedded event node; falls back like `STEMMA_PORT`.',
    usedBy: ['local'],
    exposure: 'public',
  },
  eventNodeAdminPort: {
    name: 'STEMMA_EVENT_NODE_ADMIN_PORT',
    schema: port,
    fallback: '4286',
    form: 'port',
    help: 'The port of the embedded event node’s health, metrics and backups; falls back like `STEMMA_PORT`.',
    usedBy: ['local'],
    exposure: 'public',
  },
  postgresPort: {
    name: 'STEMMA_POSTGRES_PORT',
    schema: port,
    fallback: '4283',
    form: 'port',
    help: 'The port of the embedded Postgres; falls back like `STEMMA_PORT`.',
    usedBy: ['local'],
    exposure: 'public',
  },
  redisPort: {
    name: 'STEMMA_REDIS_PORT',
    schema: port,
    fallback: '4284',
    form: 'port',
    help: 'The port of the Redis that `npm start` runs; falls back like `STEMMA_PORT`.',
    usedBy: ['local'],
    exposure: 'public',
  },
  stateDir: {
    name: 'STEMMA_STATE_DIR',
    schema: z
      .string()
      .min(1)
      .transform((value) => resolve(value)),
    fallback: '.stemma',
    form: 'directory',
    help: 'Where one machine keeps its state: log, databases, credentials, process logs.',
    usedBy: ['local', 'api', 'worker', 'cli'],
    exposure: 'public',
  },
  blobsUrl: {
    name: 'STEMMA_BLOBS_URL',
    schema: connection('s3'),
    form: 's3://…',
    help: 'An S3-compatible bucket for inputs, outputs, logs and artifacts: `s3://bucket/prefix?region=…&endpoint=https://…`; credentials as every S3 client reads them (`AWS_ACCESS_KEY_ID`, …). Without it they are in the state directory.',
    usedBy: ['api', 'worker'],
    exposure: 'url',
  },
  keepDays: {
    name: 'STEMMA_KEEP_DAYS',
    schema: count,
    fallback: '90',
    form: 'days',
    help: 'How long the bytes of runs (inputs, outputs, logs, artifacts) are kept after they were last stored. What happened stays in the log for ever.',
    usedBy: ['api', 'worker'],
    exposure: 'public',
  },
  bootstrapKey: {
    name: 'STEMMA_BOOTSTRAP_KEY',
    schema: z
      .string()
      .regex(/^stm_[A-Za-z0-9-]+_[A-Za-z0-9_-]{32,}$/, 'is not of the form stm_<keyId>_<secret>'),
    form: 'stm_<keyId>_<secret>',
    help: "The administrator's first API key of a cluster, taken once, while there is no administrator yet.",
    usedBy: ['api'],
    exposure: 'secret',
  },
  metricsToken: {
    name: 'STEMMA_METRICS_TOKEN',
    schema: z.string().regex(/^[A-Za-z0-9._~+/=-]{32,256}$/, 'is not 32 to 256 characters of a bearer token'),
    form: 'bearer token',
    help: 'Who sends it may read `/metrics` of `api`, `projector` and `worker`. Without it only this machine itself may, directly.',
    usedBy: ['api', 'projector', 'worker'],
    exposure: 'secret',
  },
  ...tokenSettings,
  ...edgeSettings,
  workerConcurrency: {
    name: 'STEMMA_WORKER_CONCURRENCY',
    schema: count,
    fallback: '4',
    form: 'count',
    help: 'Runs that one worker executes at the same time; it keeps one place more, for a tenant that has none yet.',
    usedBy: workers,
    exposure: 'public',
  },
  runsPerTenant: {
    name: 'STEMMA_RUNS_PER_TENANT',
    schema: count,
    fallback: '4',
    form: 'count',
    help: 'Runs of one tenant that may be in the queue or executed at the same time, over all workers; the others wait for their turn. Below the sum of what the workers execute, a tenant finds a place however many runs another one has.',
    usedBy: workers,
    exposure: 'public',
  },
  runAttempts: {
    name: 'STEMMA_RUN_ATTEMPTS',
    schema: count,
    fallback: '3',
    form: 'count',
    help: 'Attempts that a run may lose together with their workers before it ends as failed, `worker-lost`.',
    usedBy: workers,
    exposure: 'public',
  },
  sweepSeconds: {
    name: 'STEMMA_SWEEP_SECONDS',
    schema: count,
    fallback: '600',
    form: 'seconds',
    help: 'How often a worker prunes by the policies of scripts, and deletes the bytes of pruned content.',
    usedBy: workers,
    exposure: 'public',
  },
  reconcileSeconds: {
    name: 'STEMMA_RECONCILE_SECONDS',
    schema: count,
    fallback: '10',
    form: 'seconds',
    help: 'How often a worker compares the runs that have not ended with queue, workers and containers.',
    usedBy: workers,
    exposure: 'public',
  },
  poolSizes: {
    name: 'STEMMA_POOL_SIZES',
    schema: sizes,
    fallback: 'node=1,python=1,shell=0',
    form: 'runtime=count,…',
    help: 'Containers that a worker keeps started ahead for runs with the default limits; 0 for none. Each waits with some 20 to 60 MiB.',
    usedBy: workers,
    exposure: 'public',
  },
  poolMaxAgeSeconds: {
    name: 'STEMMA_POOL_MAX_AGE_SECONDS',
    schema: count,
    fallback: '900',
    form: 'seconds',
    help: 'A container that has waited so long is replaced by a new one.',
    usedBy: workers,
    exposure: 'public',
  },
  sandboxTimeoutSeconds: {
    name: 'STEMMA_SANDBOX_TIMEOUT_SECONDS',
    schema: count,
    fallback: '60',
    form: 'seconds',
    help: 'How long a run in the sandbox may take when its request does not say.',
    usedBy: ['api', 'worker'],
    exposure: 'public',
  },
  productionTimeoutSeconds: {
    name: 'STEMMA_PRODUCTION_TIMEOUT_SECONDS',
    schema: count,
    fallback: '120',
    form: 'seconds',
    help: 'How long a run in production may take when its request does not say.',
    usedBy: ['api', 'worker'],
    exposure: 'public',
  },
  runMemoryMb: {
    name: 'STEMMA_RUN_MEMORY_MB',
    schema: count,
    fallback: '256',
    form: 'MiB',
    help: 'Memory of a run, its temporary files included; there is no swap.',
    usedBy: ['api', 'worker'],
    exposure: 'public',
  },
  logLevel: {
    name: 'STEMMA_LOG_LEVEL',
    schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    fallback: 'info',
    form: 'level',
    help: 'The least level that is logged: fatal, error, warn, info, debug, trace or silent.',
    usedBy: everyone,
    exposure: 'public',
  },
  apiUrl: {
    name: 'STEMMA_API_URL',
    schema: connection('http', 'https'),
    form: 'http://…',
    help: 'The API that the command line speaks to. Without it: the one that `npm start` runs here.',
    usedBy: ['cli'],
    exposure: 'url',
  },
  apiKey: {
    name: 'STEMMA_API_KEY',
    schema: z.string().regex(/^stm_[^_]+_.+$/, 'is not of the form stm_<keyId>_<secret>'),
    form: 'stm_<keyId>_<secret>',
    help: 'The key that the command line shows. Without it: the file of `--as` in the state directory.',
    usedBy: ['cli'],
    exposure: 'secret',
  },
} as const satisfies Record<string, Setting>;
