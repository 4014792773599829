export interface RepeatOptions {
  /** From the end of one turn to the beginning of the next. */
  readonly everyMs: number;
  readonly onFault: (error: unknown) => void;
}

export interface Repeating {
  /** The next turn comes at once, or after the one in hand. */
  now(): void;
  /** Waits for the turn in hand. */
  stop(): Promise<void>;
}

/** Does `turn` now and again and again, one at a time; a turn that throws is told and the next one comes all the same. */
export function repeat(turn: () => Promise<void>, { everyMs, onFault }: RepeatOptions): Repeating {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let wanted = false;
  let inTurn = false;
  let current: Promise<void> = Promise.resolve();
  const next = (): void => {
    [inTurn, wanted] = [true, false];
    current = turn()
      .catch(onFault)
      .then(() => {
        inTurn = false;
        if (!stopped) timer = setTimeout(next, wanted ? 0 : everyMs);
      });
  };
  next();
  return {
    now: () => {
      if (inTurn) wanted = true;
      else if (!stopped) {
        clearTimeout(timer);
        next();
      }
    },
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await current;
    },
  };
}
