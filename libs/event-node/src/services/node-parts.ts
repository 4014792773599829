import type { EventLog } from '../store/open-store.js';
import type { OpenCalls } from './open-calls.js';
import type { Subscribers } from './subscribers.js';

/** What every service of a node works with. */
export interface NodeParts {
  readonly log: EventLog;
  readonly calls: OpenCalls;
  readonly subscribers: Subscribers;
  readonly maxAppendBytes: number;
  readonly now: () => number;
}
