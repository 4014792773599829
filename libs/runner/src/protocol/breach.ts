import type { FailureReason } from '../run-outcome.js';

/** The container broke a rule or a cap: its run fails for this reason, and what it sends from now on is not read. */
export class Breach extends Error {
  readonly reason: FailureReason;

  constructor(reason: FailureReason, message: string) {
    super(message);
    this.name = 'Breach';
    this.reason = reason;
  }
}
