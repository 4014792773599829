import { ConfigError, readConfig, showConfig } from '@stemma/config';
import { connectEventStore } from '@stemma/event-store';
import { createLogger, RELEASE, whenAskedToStop } from '@stemma/observability';
import { upcasters } from '@stemma/projections';
import { openReadModel } from '@stemma/read-model';
import { createApi } from './create-api.js';

async function main(): Promise<void> {
  const config = readConfig(process.env, ['eventstoreUrl', 'databaseUrl']);
  const logger = createLogger({ name: 'api', level: config.logLevel });
  logger.info({ settings: showConfig(config), release: RELEASE }, 'starting');
  const store = connectEventStore({
    url: config.eventstoreUrl,
    upcasters,
    log: (message, fields) => logger.warn(fields, message),
  });
  const readModel = await openReadModel({ databaseUrl: config.databaseUrl, log: logger });
  const api = await createApi({ config, logger, store, readModel, release: RELEASE });
  whenAskedToStop(logger, async () => {
    await api.close();
    await readModel.close();
    await store.close();
  });
  await api.ready;
  process.stdout.write(`${JSON.stringify({ ready: 'api', url: api.url, pid: process.pid })}\n`);
  logger.info({ url: api.url }, 'serving');
}

main().catch((error: unknown) => {
  const text =
    error instanceof ConfigError ? error.message : String(error instanceof Error ? error.stack : error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
});
