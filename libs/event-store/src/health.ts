import { Silence } from './silence.js';

export type CallKind = 'append' | 'read';

/** What a connection was heard to say, and whether to give it up. Times by `performance.now()`. */
export interface Health {
  heard(kind: CallKind): void;
  /** Notes a call that began at `since` and got no clear answer. True when the connection should be replaced. */
  isHopeless(kind: CallKind, since: number, error: unknown): boolean;
  /** Forgets everything: there is a new connection. */
  reset(): void;
}

const DOWN_MS = 3_000;

export function connectionHealth(now: () => number = () => performance.now()): Health {
  const failingSince = new Map<CallKind, number>();
  let heardAt = now();

  return {
    heard(kind) {
      heardAt = now();
      if (failingSince.size > 0) failingSince.delete(kind);
    },
    isHopeless(kind, since, error) {
      const failing = failingSince.get(kind) ?? now();
      failingSince.set(kind, failing);
      const isDead = error instanceof Silence && heardAt < since;
      const isDown = now() - failing > DOWN_MS;
      return isDead || isDown;
    },
    reset() {
      failingSince.clear();
      heardAt = now();
    },
  };
}
