import { NoCheckpoint } from '../database/checkpoint.js';
import { ShapeChanged } from '../database/builds.js';

/** Why a build stands still until somebody acts. Everything else is tried again for ever. */
export class Refusal extends Error {
  override readonly name: string = 'Refusal';
}

/** The log is not the one this build was made from. */
export class LogReplaced extends Refusal {
  override readonly name = 'LogReplaced';
}

/** An event that this release does not know. */
export class UnknownEventType extends Refusal {
  override readonly name = 'UnknownEventType';
}

/** An event that the fold of this projection cannot apply. */
export class EventRefused extends Refusal {
  override readonly name = 'EventRefused';
}

/** `true` when trying again cannot help. */
export function needsSomebody(error: unknown): error is Error {
  return error instanceof Refusal || error instanceof NoCheckpoint || error instanceof ShapeChanged;
}
