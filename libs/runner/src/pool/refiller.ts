export interface RefillerOptions {
  /** Whether another one is wanted while so many are starting. */
  readonly lacks: (starting: number) => boolean;
  /** Starts one. `isOpen` tells whether it is still wanted when it is there. */
  readonly start: (isOpen: () => boolean) => Promise<void>;
}

/** Starts things in the background until none is lacking, some at once, and slower while they fail. */
export interface Refiller {
  /** Looks again after so long, or after the pause that failures have earned. */
  fillIn(milliseconds: number): void;
  /** Starts none for so long, counted anew with each call; who calls for ever puts it off by a second at a time. */
  yieldFor(milliseconds: number): void;
  /** Starts no more and waits for those that are starting. */
  close(): Promise<void>;
  /** `fault` is what hindered the last start; null when it went well. */
  state(): { readonly starting: number; readonly fault: string | null };
}

const startingAtOnce = 2;
const firstPauseMs = 500;
const longestPauseMs = 30_000;
const longestYieldMs = 1_000;

export function createRefiller({ lacks, start }: RefillerOptions): Refiller {
  const starting = new Set<Promise<void>>();
  let pauseMs = 0;
  let fault: string | null = null;
  let timer: NodeJS.Timeout | undefined;
  let isOpen = true;
  let [yieldsSince, yieldsUntil] = [0, 0];

  async function startOne(): Promise<void> {
    try {
      await start(() => isOpen);
      [fault, pauseMs] = [null, 0];
    } catch (error) {
      fault = error instanceof Error ? error.message : String(error);
      pauseMs = Math.min(longestPauseMs, Math.max(firstPauseMs, pauseMs * 2));
    }
  }

  function fill(): void {
    const atOnce = pauseMs > 0 ? 1 : startingAtOnce;
    while (starting.size < atOnce && lacks(starting.size)) {
      const one = startOne().finally(() => {
        starting.delete(one);
        fillIn(0);
      });
      starting.add(one);
    }
  }

  function fillIn(milliseconds: number): void {
    clearTimeout(timer);
    if (!isOpen) return;
    timer = setTimeout(fill, Math.max(milliseconds, pauseMs, yieldsUntil - performance.now()));
    timer.unref();
  }

  function yieldFor(milliseconds: number): void {
    const now = performance.now();
    if (now >= yieldsUntil) yieldsSince = now;
    yieldsUntil = Math.min(now + milliseconds, yieldsSince + longestYieldMs);
    fillIn(0);
  }

  async function close(): Promise<void> {
    isOpen = false;
    clearTimeout(timer);
    await Promise.all(starting);
  }

  return { fillIn, yieldFor, close, state: () => ({ starting: starting.size, fault }) };
}
