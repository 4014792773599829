import { Silence } from './silence.js';

export type CallKind = 'append' | 'read';

/** What a connection was heard to say, and whether to give it up. Times by `performance.now()`. */
export interface Health {
  heard(kind: CallKind): void;
  /** Notes a call that began at `since` and got no clear answer. True when the connection should be replaced. */
  isHopeless(kind: CallKind, since: number, error: unknown, appendsInFlight: number): boolean;
  /** Forgets everything: there is a new connection. */
  reset(): void;
}

const DOWN_MS = 3_000;
/** Longer than it takes keep-alive to end all calls that hang on a dead connection. */
const HUNG_MS = 20_000;

export function connectionHealth(now: () => number = () => performance.now()): Health {
  const failingSince = new Map<CallKind, number>();
  let heardAt = now();
  /** The client knows what the server can do: an append was answered on the connection that it has. */
  let isAcquainted = false;

  return {
    heard(kind) {
      heardAt = now();
      if (failingSince.size > 0) failingSince.delete(kind);
      if (kind === 'append') isAcquainted = true;
    },
    isHopeless(kind, since, error, appendsInFlight) {
      const isSilent = error instanceof Silence;
      const failing = failingSince.get(kind) ?? now();
      failingSince.set(kind, failing);
      // It connects again after any other error, and then asks the server anew.
      if (!isSilent) isAcquainted = false;
      const isDead = isSilent && heardAt < since;
      const isDown = now() - failing > DOWN_MS;
      // Two clients must not have appends under way at one time (HAZARDS H5). Those in flight end with their client,
      // except those that still wait for it to learn what the server can do.
      const mayReplace = appendsInFlight === 0 || isAcquainted || now() - failing > HUNG_MS;
      return (isDead || isDown) && mayReplace;
    },
    reset() {
      failingSince.clear();
      heardAt = now();
      isAcquainted = false;
    },
  };
}
