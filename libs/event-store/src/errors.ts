/** Another event stands where ours was to go: nothing was stored. `actual` is `null` for a stream that does not exist. */
export class RevisionConflict extends Error {
  override readonly name = 'RevisionConflict';

  constructor(
    readonly stream: string,
    readonly expected: bigint | 'no_stream' | 'stream_exists' | 'any',
    readonly actual: bigint | null,
  ) {
    super(
      `${stream} is at revision ${actual ?? 'none'}, not at ${expected}: read it again and decide again.`,
    );
  }
}

/** One append is limited by the server (HAZARDS H10): nothing was stored. Sizes in bytes. */
export class AppendTooLarge extends Error {
  override readonly name = 'AppendTooLarge';

  constructor(
    readonly stream: string,
    readonly size: number,
    readonly limit: number,
  ) {
    super(
      `An append of ${size} bytes to ${stream} is above the limit of ${limit} bytes: make the content smaller.`,
    );
  }
}

/** The stream was tombstoned: it can never be written or read again. */
export class StreamDeleted extends Error {
  override readonly name = 'StreamDeleted';

  constructor(readonly stream: string) {
    super(`${stream} was deleted for ever: choose another stream.`);
  }
}

/**
 * The store gave no answer in time. After an append the outcome is *unknown*: the events may be stored. Sending the same
 * command again (same commandId) is safe and tells.
 */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';

  constructor(what: string, cause?: unknown) {
    super(`The event store did not answer (${what}): try again later, with the same Idempotency-Key.`, {
      cause,
    });
  }
}

/** The same commandId came with another body before: nothing was stored for this one. */
export class CommandIdReused extends Error {
  override readonly name = 'CommandIdReused';

  constructor(
    readonly stream: string,
    readonly commandId: string,
  ) {
    super('This Idempotency-Key was used for a request with another body: send a new key.');
  }
}

/** `If-Match` names another revision than the stream has now. `actual` is `null` for a stream that does not exist. */
export class PreconditionFailed extends Error {
  override readonly name = 'PreconditionFailed';

  constructor(
    readonly stream: string,
    readonly expected: bigint,
    readonly actual: bigint | null,
  ) {
    super(
      `The revision is ${actual ?? 'none'}, not ${expected}: read it again, then decide whether to send it again.`,
    );
  }
}

/** More commands wait for one stream than this process wants to hold: nothing was stored. */
export class StreamBusy extends Error {
  override readonly name = 'StreamBusy';

  constructor(
    readonly stream: string,
    readonly waiting: number,
  ) {
    super(`${waiting} commands already wait for ${stream}: try again in a moment.`);
  }
}

/** A stream holds an event that this release does not know, so its state cannot be told: upgrade, do not guess. */
export class UnknownEvent extends Error {
  override readonly name = 'UnknownEvent';

  constructor(
    readonly stream: string,
    readonly revision: bigint,
    readonly type: string,
  ) {
    super(
      `${stream} holds a ${type} at revision ${revision}, which this release does not know: run a newer release.`,
    );
  }
}
