export interface RepeatOptions {
  /** From the end of one turn to the beginning of the next. */
  readonly everyMs: number;
  readonly onFault: (error: unknown) => void;
}

export interface Repeating {
  /** Waits for the turn in hand. */
  stop(): Promise<void>;
}

/** Does `turn` now and again and again, one at a time; a turn that throws is told and the next one comes all the same. */
export function repeat(turn: () => Promise<void>, { everyMs, onFault }: RepeatOptions): Repeating {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let current: Promise<void> = Promise.resolve();
  const next = (): void => {
    current = turn()
      .catch(onFault)
      .then(() => {
        if (!stopped) timer = setTimeout(next, everyMs);
      });
  };
  next();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await current;
    },
  };
}
