import type { RawEvent } from '../decode-record.js';
import type { BytesEvent } from '../batch-append/append-message.js';

/** How a log says which one it is. A copy is another log, so the one event that says so is made anew. */
export interface LogIdentity {
  /** Whether this is the event that names its log. */
  readonly names: (event: RawEvent) => boolean;
  /** The name that the event gives. */
  readonly nameIn: (event: RawEvent) => string;
  /** The event that names the copy of the log that `event` names. */
  readonly ofCopy: (event: RawEvent) => BytesEvent;
  /** Whether `copy` names a copy of the log that `event` names. */
  readonly isCopy: (copy: RawEvent, event: RawEvent) => boolean;
}

/** How far it is; said now and then. */
export interface CopyProgress {
  /** `compare`: what is in both already. `copy`: what is being stored. `prove`: both read back. */
  readonly phase: 'compare' | 'copy' | 'prove';
  /** Application events in this phase. */
  readonly events: number;
  /** In the log that is read. */
  readonly position: bigint;
}

/** Revisions that the old log has no longer: the new one has an event of type `$filler` in the place of each. */
export interface FilledStream {
  readonly stream: string;
  readonly fillers: number;
}

/** Where two logs first differ: undefined on the side that has no more. */
export interface Difference {
  readonly from: Told | undefined;
  readonly to: Told | undefined;
}

/** An event by its place. */
export interface Told {
  readonly stream: string;
  readonly revision: bigint;
  readonly id: string;
  readonly type: string;
}

/** Both sides by their digests, over as many events each. */
export interface Proof {
  readonly equal: boolean;
  readonly events: { readonly from: number; readonly to: number };
  readonly digest: { readonly from: string; readonly to: string };
  readonly difference: Difference | undefined;
  /** Of the last event of the old log that was compared; undefined for an empty one. */
  readonly position: bigint | undefined;
  /** What the logs call themselves; undefined for one that has no name. */
  readonly logs: { readonly from: string | undefined; readonly to: string | undefined };
}

/** The copy cannot go on: the new log holds what the old one does not. */
export class CopyRefused extends Error {
  override readonly name = 'CopyRefused';

  constructor(
    readonly code: 'same-log' | 'other-copy' | 'target-differs',
    message: string,
  ) {
    super(message);
  }
}

export const told = ({ stream, revision, id, type }: RawEvent): Told => ({ stream, revision, id, type });

export const inWords = (event: Told | undefined): string =>
  event === undefined
    ? 'nothing more'
    : `${event.type} ${event.id} at revision ${event.revision} of ${event.stream}`;
