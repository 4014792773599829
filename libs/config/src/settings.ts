import { resolve } from 'node:path';
import { z } from 'zod';
import { edgeSettings } from './edge-settings.js';
import { runSettings } from './run-settings.js';
import { connection, count, port } from './setting-forms.js';
import type { ProcessName, Setting } from './setting.js';
import { secretSettings } from './secret-settings.js';
import { tokenSettings } from './token-settings.js';

const servers: readonly ProcessName[] = ['api', 'projector', 'worker', 'local'];
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
  ...secretSettings,
  ...tokenSettings,
  ...edgeSettings,
  ...runSettings,
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
