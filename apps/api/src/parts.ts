import type { TermsOf } from '@stemma/commands';
import type { EventStore } from '@stemma/event-store';
import type { Logger, Metrics, MetricsGuard } from '@stemma/observability';
import type { Directory, ProjectionOps, ReadModel } from '@stemma/read-model';
import type { Authenticate } from './identity/authenticate.js';
import type { IdentityReads } from './identity/identity-reads.js';

/** One thing the API cannot serve without, as /health/ready shows it. */
export interface PartHealth {
  readonly ok: boolean;
  readonly detail: string;
}

/** What the controllers work with; made by `createApi`. */
export interface ApiParts {
  readonly store: EventStore;
  readonly readModel: ReadModel;
  /** What operators can do about projections. */
  readonly ops: ProjectionOps;
  readonly authenticate: Authenticate;
  readonly identities: IdentityReads;
  readonly termsOf: TermsOf;
  readonly directory: Directory;
  readonly logger: Logger;
  /** What this process tells at /metrics, and to whom. */
  readonly metrics: Metrics;
  readonly guardMetrics: MetricsGuard;
  readonly release: string;
  readonly clock: () => Date;
  /** Which log this is; throws `Refused` while it is not known yet. */
  readonly logId: () => string;
  readonly health: () => Promise<Readonly<Record<string, PartHealth>>>;
}

export const PARTS = Symbol('ApiParts');
export const LOGGER = Symbol('Logger');
