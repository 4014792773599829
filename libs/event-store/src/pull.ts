/** Nothing came for as long as the caller wanted to wait. */
export const SILENT = Symbol('silent');
/** The other side ended the stream properly. */
export const ENDED = Symbol('ended');

/** What is needed of a stream of the client. */
export interface Source {
  read(): unknown;
  on(event: 'readable', listener: () => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

export interface Pull<T> {
  /** The next item; waits at most `ms`. Throws the stream's error when everything before it was taken. */
  next(ms: number): Promise<T | typeof SILENT | typeof ENDED>;
  /** Stops listening for the interruption. */
  done(): void;
}

/**
 * Takes the items of a client stream one at a time, in their order. The error listener stays, for a client stream may fail
 * after its end.
 */
export function pull<T>(stream: Source, interrupted: AbortSignal): Pull<T> {
  let failure: unknown;
  let ended = false;
  let wake: () => void = () => undefined;

  const fail = (error: unknown): void => {
    failure ??= error;
    wake();
  };
  const interrupt = (): void => fail(interrupted.reason);
  stream.on('readable', () => wake());
  stream.on('error', fail);
  stream.on('close', () => fail(new Error('The event store ended the call.')));
  stream.on('end', () => {
    // A call that failed ends too, in the same turn: then it is no end but a cut.
    ended = failure === undefined;
    wake();
  });
  interrupted.addEventListener('abort', interrupt);
  if (interrupted.aborted) interrupt();

  function take(): T | typeof ENDED | undefined {
    const item = stream.read() as T | null;
    if (item !== null) return item;
    if (ended) return ENDED;
    if (failure !== undefined) throw failure as Error;
    return undefined;
  }

  /** Resolves at the next sign of life, or after `ms`. */
  const sign = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  return {
    async next(ms) {
      const deadline = Date.now() + ms;
      for (;;) {
        const found = take();
        if (found !== undefined) return found;
        const left = deadline - Date.now();
        if (left <= 0) return SILENT;
        await sign(left);
      }
    },
    done: () => interrupted.removeEventListener('abort', interrupt),
  };
}
