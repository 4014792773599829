import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { OpenAPIObject } from '@nestjs/swagger';
import { connectEventStore } from '@stemma/event-store';
import { createLogger, createMetrics } from '@stemma/observability';
import { ApiModule } from './api.module.js';
import { createAdapter } from './http/create-adapter.js';
import { openApiOf } from './http/openapi.js';
import type { ApiParts } from './parts.js';
import type { RunParts } from './runs/run-parts.js';

const never = (): never => {
  throw new Error('an API that is only described serves nobody');
};

const edge = {
  bodyLimit: 1024,
  receiveMs: 1_000,
  admit: never,
  answers: { corsOrigins: [], tlsInFront: false },
};

const limits = { timeoutMs: 1, memoryMb: 1, milliCpus: 1, tmpfsMb: 1 };

const runParts: RunParts = {
  blobs: never,
  limits: { sandbox: limits, production: limits },
  fileLimit: 1024,
  keepDays: 1,
  news: { next: never, watch: never, close: never },
  readLines: never,
  readReports: never,
  queue: { isInHand: never, list: never, remove: never },
  callWorkers: never,
  clock: never,
};

/** What nobody calls. */
const unused = {
  readModel: {
    read: never,
    readAllTenants: never,
    positionAt: never,
    isReached: never,
    waitFor: never,
    isReady: never,
    standingStill: never,
    close: never,
  },
  ops: {
    record: never,
    acts: never,
    status: never,
    builds: never,
    ask: never,
    job: never,
    jobs: never,
    certificates: never,
    waitForJob: never,
    abort: never,
    pause: never,
    resume: never,
    parked: never,
    retryParked: never,
    dropParked: never,
    close: never,
  },
  identities: {
    keys: never,
    principals: never,
    principal: never,
    key: never,
    tenants: never,
    tenant: never,
    seen: never,
  },
  termsOf: never,
  keyring: { currentId: '', wrap: never, unwrap: never, fingerprint: never },
  directory: { find: never, list: never, put: never, erase: never, close: never },
  admit: never,
  release: 'described',
  clock: never,
  logId: never,
  health: never,
} satisfies Partial<ApiParts>;

/** The OpenAPI document of this release, made without any server: nothing is connected and nothing listens. */
export async function describeApi(): Promise<OpenAPIObject> {
  const logger = createLogger({ name: 'describe-api', level: 'silent' });
  const metrics = createMetrics();
  const store = connectEventStore({ url: 'esdb://127.0.0.1:1?tls=false' });
  const parts: ApiParts = { ...unused, store, logger, metrics };
  const adapter = createAdapter({ ...edge, logger, metrics });
  const app = await NestFactory.create(ApiModule.register(parts, runParts), adapter, { logger: false });
  try {
    return openApiOf(app);
  } finally {
    await app.close();
    await store.close();
  }
}
