import type { Keyring, TermsOf } from '@stemma/commands';
import type { EventStore } from '@stemma/event-store';
import type { Logger, Metrics } from '@stemma/observability';
import type { Directory, ProjectionOps, ReadModel } from '@stemma/read-model';
import type { Admit } from './identity/admit.js';
import type { IdentityReads } from './identity/identity-reads.js';

/** One thing the API cannot serve without, as /health/ready shows it. */
export interface PartHealth {
  readonly ok: boolean;
  /** It serves, but not as it should: somebody should look. */
  readonly degraded?: true;
  readonly detail: string;
}

/** What the controllers work with; made by `createApi`. */
export interface ApiParts {
  readonly store: EventStore;
  readonly readModel: ReadModel;
  /** What operators can do about projections. */
  readonly ops: ProjectionOps;
  /** Who may enter, and how often. */
  readonly admit: Admit;
  readonly identities: IdentityReads;
  readonly termsOf: TermsOf;
  /** What seals secrets. */
  readonly keyring: Keyring;
  readonly directory: Directory;
  readonly logger: Logger;
  /** What this process tells at /metrics. */
  readonly metrics: Metrics;
  readonly release: string;
  readonly clock: () => Date;
  /** Which log this is; throws `Refused` while it is not known yet. */
  readonly logId: () => string;
  readonly health: () => Promise<Readonly<Record<string, PartHealth>>>;
}

export const PARTS = Symbol('ApiParts');
export const LOGGER = Symbol('Logger');
