import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { openKeyring } from '@stemma/commands';
import { createProcessMetrics, type Logger, nestLogger } from '@stemma/observability';
import type { ConfigWith } from '@stemma/config';
import type { ReadModel } from '@stemma/read-model';
import type { EventStore } from '@stemma/event-store';
import { ApiModule } from './api.module.js';
import { createAdapter } from './http/create-adapter.js';
import { serveDocs } from './http/openapi.js';
import { openDenials } from './identity/denials.js';
import { watchRefusals } from './identity/watch-refusals.js';
import { listenOn } from './listen-on.js';
import { openParts } from './open-parts.js';
import { openRunParts } from './runs/open-run-parts.js';

export interface ApiOptions {
  readonly config: ConfigWith<'databaseUrl'>;
  readonly logger: Logger;
  readonly store: EventStore;
  readonly readModel: ReadModel;
  /** Which build this is: stands in the metadata of every event. */
  readonly release: string;
  readonly clock?: () => Date;
}

export interface Api {
  readonly url: string;
  readonly app: NestFastifyApplication;
  /** Resolves when it serves: the log is known, the first principals are founded, the keys are folded. */
  readonly ready: Promise<void>;
  /** Takes no new requests, finishes those it has, then stops. Leaves the store and the read model open. */
  close(): Promise<void>;
}

/** The API on a port of its own, listening at once; what it stands on may come later (see /health/ready). */
export async function createApi(options: ApiOptions): Promise<Api> {
  const { config, logger } = options;
  const metrics = createProcessMetrics('api');
  const keyring = await openKeyring(config);
  const opened = openParts({ ...options, keyring, metrics });
  const runParts = openRunParts(config, logger);
  const adapter = createAdapter({
    bodyLimit: config.bodyLimit,
    receiveMs: config.receiveSeconds * 1_000,
    logger,
    metrics,
    admit: opened.parts.admit,
    answers: {
      corsOrigins: config.corsOrigins ?? [],
      tlsInFront: config.publicUrl?.startsWith('https://') ?? false,
    },
  });
  const { release, store, clock = () => new Date() } = options;
  const denials = openDenials({ store, release, clock, logger });
  watchRefusals(adapter.getInstance(), denials, logger);
  const app = await NestFactory.create<NestFastifyApplication>(
    ApiModule.register(opened.parts, runParts.parts),
    adapter,
    {
      bodyParser: false,
      logger: nestLogger(logger),
    },
  );
  serveDocs(app);
  await app.init();
  const url = await listenOn(app, config.host, config.port);
  return {
    url,
    app,
    ready: opened.ready,
    close: once(async () => {
      await app.close();
      await denials.close();
      await opened.close();
      runParts.close();
    }),
  };
}

/** Whoever asks again waits for the first time. */
function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
}
