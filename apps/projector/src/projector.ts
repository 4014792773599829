import { type HealthServer, RELEASE, serveHealth } from '@stemma/observability';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { connectEventStore } from '@stemma/event-store';
import { projections, upcasters } from '@stemma/projections';
import { openProjectionOps, runProjections } from '@stemma/read-model';
import { healthOf } from './health-of.js';
import type { ProjectorParts } from './projector-parts.js';
import { openBatchTimes, tellProjections } from './tell-projections.js';
import { openLagWatch } from './watch-lag.js';

const LOOK_MS = 1_000;

/** Follows the log with every projection, from the start of the process to its end. */
export class Projector implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly store;
  private readonly running;
  private readonly ops;
  private readonly lag = openLagWatch();
  private looking: NodeJS.Timeout | undefined;
  private health: HealthServer | undefined;

  constructor(private readonly parts: ProjectorParts) {
    const { config, logger, metrics } = parts;
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
      onCommitted: openBatchTimes(metrics),
    });
    this.ops = openProjectionOps({ databaseUrl: config.databaseUrl, source: this.store });
    tellProjections(metrics, { ops: this.ops, subscription: () => this.running.subscription() });
  }

  async onApplicationBootstrap(): Promise<void> {
    const { config, logger, metrics } = this.parts;
    const { host, projectorPort: port, metricsToken } = config;
    this.looking = setInterval(() => this.look(), LOOK_MS);
    const health = () => healthOf(this.running.status(), this.lag.still());
    this.health = await serveHealth({ host, port, health, metrics, metricsToken });
    const { url } = this.health;
    process.stdout.write(`${JSON.stringify({ ready: 'projector', url, pid: process.pid })}\n`);
    logger.info({ url }, 'following the log');
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.looking);
    await this.running.stop();
    await this.ops.close();
    await this.health?.close();
    await this.store.close();
    this.parts.logger.info({}, 'stopped');
  }

  private look(): void {
    this.lag.look(this.running.status(), this.running.subscription(), performance.now());
  }
}
