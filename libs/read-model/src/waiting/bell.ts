/** Wakes everyone who waits for the next ring. */
export interface Bell {
  ring(): void;
  /** Resolves at the next ring. Take it before looking, so that nothing is missed. */
  readonly next: Promise<void>;
  /** How often it rang. */
  readonly rings: number;
}

export function openBell(): Bell {
  let waiting = Promise.withResolvers<void>();
  let rings = 0;
  return {
    ring: () => {
      rings += 1;
      waiting.resolve();
      waiting = Promise.withResolvers<void>();
    },
    get next() {
      return waiting.promise;
    },
    get rings() {
      return rings;
    },
  };
}
