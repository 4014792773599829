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

/** The build has no checkpoint any more: it was dropped. */
export class NoCheckpoint extends Refusal {
  override readonly name = 'NoCheckpoint';
}

/** The code's tables are not those of the build: the projection's `version` was not bumped. */
export class ShapeChanged extends Refusal {
  override readonly name = 'ShapeChanged';
}

/** An event that the fold cannot apply: its stream is parked, the rest goes on. */
export class CannotApply extends Error {
  override readonly name = 'CannotApply';
}

/** A value that its column does not take. */
export class ValueRefused extends CannotApply {
  constructor(place: string, sqlType: string | undefined, value: unknown) {
    super(`${place} takes ${sqlType}, not ${describe(value)}`);
  }
}

function describe(value: unknown): string {
  const shown = typeof value === 'bigint' ? value.toString() : (JSON.stringify(value) ?? 'undefined');
  return shown.length > 60 ? `${shown.slice(0, 60)}…` : shown;
}
