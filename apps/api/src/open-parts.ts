import type { ConfigWith } from '@stemma/config';
import type { Keyring } from '@stemma/commands';
import type { EventStore } from '@stemma/event-store';
import { guardMetrics, type Logger, type Metrics } from '@stemma/observability';
import { ensureLog, openDirectory, openProjectionOps, type ReadModel } from '@stemma/read-model';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readModelHealth } from './health/read-model-health.js';
import { Refused } from './http/refused.js';
import { admitting } from './identity/admit.js';
import { authenticating } from './identity/authenticate.js';
import { foundFirstPrincipals } from './identity/first-credentials.js';
import { type FollowedIdentities, followIdentities } from './identity/follow-identities.js';
import { identityReads } from './identity/identity-reads.js';
import { openTokens } from './identity/jwt/token-settings.js';
import { followedTerms } from './identity/tenant-terms.js';
import { openLimits } from './limits/limits.js';
import type { ApiParts, PartHealth } from './parts.js';

export interface OpenPartsOptions {
  readonly config: ConfigWith<'databaseUrl'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly store: EventStore;
  readonly readModel: ReadModel;
  readonly keyring: Keyring;
  readonly release: string;
  readonly clock?: () => Date;
}

export interface OpenedParts {
  readonly parts: ApiParts;
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

const RETRY_MS = 500;

/** What the controllers work with, and what has to be done before they can: done again and again until it succeeds. */
export function openParts(options: OpenPartsOptions): OpenedParts {
  const { config, logger, metrics, store, readModel, release, clock = () => new Date() } = options;
  const stop = new AbortController();
  const ops = openProjectionOps({ databaseUrl: config.databaseUrl, source: store });
  const followed = followIdentities(store, logger);
  const directory = openDirectory({ databaseUrl: config.databaseUrl });
  const limits = openLimits(config, logger, metrics);
  const lookAtReadModel = readModelHealth({ readModel, store, clock });
  let logId: string | undefined;
  const prepare = async (): Promise<void> => {
    const known = await ensureLog(store, release);
    const directory = path.join(config.stateDir, 'credentials');
    const { bootstrapKey } = config;
    await foundFirstPrincipals({ store, release, clock, logger, directory, bootstrapKey });
    logId = known;
  };
  const prepared = untilDone(prepare, logger, stop.signal);
  const parts: ApiParts = {
    store,
    readModel,
    ops,
    logger,
    metrics,
    release,
    clock,
    admit: admitting({
      authenticate: authenticating({
        store,
        followed,
        clock,
        verifyToken: openTokens(config, logger, clock),
      }),
      guardMetrics: guardMetrics(config.metricsToken),
      limits: limits.limits,
    }),
    identities: identityReads(followed),
    keyring: options.keyring,
    termsOf: followedTerms({ store, followed }),
    directory,
    logId: () => logId ?? notYet(),
    health: () => healthOf({ store, readModel: lookAtReadModel, followed, prepared: logId !== undefined }),
  };
  return {
    parts,
    ready: Promise.all([prepared, followed.ready]).then(() => undefined),
    close: async () => {
      stop.abort();
      await followed.close();
      await ops.close();
      await prepared;
      await directory.close();
      limits.close();
    },
  };
}

function notYet(): never {
  throw new Refused('unavailable', 'The event log is not known yet.', { headers: { 'Retry-After': '1' } });
}

async function untilDone(work: () => Promise<void>, logger: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      return await work();
    } catch (error) {
      logger.warn({ err: error }, 'the API waits for the event store');
      await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

interface Looked {
  readonly store: EventStore;
  readonly readModel: () => Promise<PartHealth>;
  readonly followed: FollowedIdentities;
  readonly prepared: boolean;
}

async function healthOf(looked: Looked): Promise<Record<string, PartHealth>> {
  const { store, readModel, followed, prepared } = looked;
  return {
    eventStore: await storeHealth(store),
    readModel: await readModel(),
    identities: state(followed.isCurrent(), 'keys are followed', 'keys are not caught up'),
    firstStart: state(prepared, 'log and first principals are there', 'waits for the event store'),
  };
}

const state = (ok: boolean, good: string, bad: string): PartHealth => ({ ok, detail: ok ? good : bad });

const LOOK_MS = 2_000;

async function storeHealth(store: EventStore): Promise<PartHealth> {
  const answered = (async () => {
    for await (const _ of store.readStream('log-system', { limit: 1 })) break;
    return true;
  })().catch(() => false);
  const ok = await Promise.race([answered, pause(LOOK_MS, false, { ref: false })]);
  return state(ok, 'answers', 'does not answer');
}
