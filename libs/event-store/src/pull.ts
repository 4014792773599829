/** Nothing came for as long as the caller wanted to wait. */
export const SILENT = Symbol('silent');
/** The other side ended the stream properly. */
export const ENDED = Symbol('ended');

/** What is needed of a stream of the client. */
export interface Source {
  read(): unknown;
  readonly readableLength: number;
  on(event: 'readable', listener: () => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

export interface Pull<T, Mark> {
  /** The next item or mark; waits at most `ms`. Throws the stream's error when everything before it was taken. */
  next(ms: number): Promise<T | Mark | typeof SILENT | typeof ENDED>;
  /** Puts a mark behind all items that have arrived until now. */
  mark(mark: Mark): void;
  /** Stops listening for the interruption. */
  done(): void;
}

/**
 * Takes the items of a client stream one at a time and counts them exactly, so that a signal which overtakes its items
 * is put back in its place (HAZARDS H2). The error listener stays, for a client stream may fail after its end.
 */
export function pull<T, Mark = never>(stream: Source, interrupted: AbortSignal): Pull<T, Mark> {
  const marks: { readonly after: number; readonly mark: Mark }[] = [];
  let failure: unknown;
  let ended = false;
  let taken = 0;
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

  function take(): T | Mark | typeof ENDED | undefined {
    const [first] = marks;
    if (first !== undefined && first.after <= taken) return marks.shift()?.mark;
    const item = stream.read() as T | null;
    if (item !== null) {
      taken += 1;
      return item;
    }
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
    mark(mark) {
      marks.push({ after: taken + stream.readableLength, mark });
      wake();
    },
    done: () => interrupted.removeEventListener('abort', interrupt),
  };
}
