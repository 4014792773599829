import type { ConfigWith } from '@stemma/config';
import type { Logger, Metrics } from '@stemma/observability';

/** What the process was started with. */
export interface ProjectorParts {
  readonly config: ConfigWith<'eventstoreUrl' | 'databaseUrl'>;
  readonly logger: Logger;
  /** What it tells at /metrics. */
  readonly metrics: Metrics;
}
