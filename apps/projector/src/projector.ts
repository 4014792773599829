import { type HealthServer, RELEASE, serveHealth } from '@stemma/observability';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { connectEventStore } from '@stemma/event-store';
import { projections, upcasters } from '@stemma/projections';
import { runProjections } from '@stemma/read-model';
import { healthOf } from './health-of.js';
import type { ProjectorParts } from './projector-parts.js';

/** Follows the log with every projection, from the start of the process to its end. */
export class Projector implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly store;
  private readonly running;
  private health: HealthServer | undefined;

  constructor(private readonly parts: ProjectorParts) {
    const { config, logger } = parts;
    this.store = connectEventStore({
      url: config.eventstoreUrl,
      upcasters,
      log: (message, fields) => logger.warn(fields, message),
    });
    this.running = runProjections({
      databaseUrl: config.databaseUrl,
      projections,
      source: this.store,
      release: RELEASE,
      log: logger,
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    const { config, logger, metrics } = this.parts;
    const { host, projectorPort: port, metricsToken } = config;
    const health = () => healthOf(this.running.status());
    this.health = await serveHealth({ host, port, health, metrics, metricsToken });
    const { url } = this.health;
    process.stdout.write(`${JSON.stringify({ ready: 'projector', url, pid: process.pid })}\n`);
    logger.info({ url }, 'following the log');
  }

  async onApplicationShutdown(): Promise<void> {
    await this.running.stop();
    await this.health?.close();
    await this.store.close();
    this.parts.logger.info({}, 'stopped');
  }
}
