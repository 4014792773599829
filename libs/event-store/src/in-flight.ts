/** The appends that the client holds, sent and not answered. */
export interface InFlight {
  readonly count: number;
  /** Waits for room; resolves to what gives it back, or to `undefined` when there was none within `ms`. */
  enter(bytes: number, ms: number): Promise<(() => void) | undefined>;
  answered(): void;
  failed(): void;
}

const FEW = 15;
const MANY = 64;
const MANY_BYTES = 32 * 1024;

/**
 * Keeps the client's write queue empty. When a connection breaks while 16 messages are not written out, version 6.2.1
 * rejects the promises of those behind them where nobody can catch it, which ends the process. So at most 15 are given to
 * it, or more only while all of them fit into what a server surely takes without reading.
 */
export function inFlight(): InFlight {
  const waiting: { readonly bytes: number; readonly go: () => void }[] = [];
  let count = 0;
  let bytesHeld = 0;
  /** The last thing that happened to an append was an answer. */
  let isProven = false;

  const hasRoom = (bytes: number): boolean =>
    count < FEW || (isProven && count < MANY && bytesHeld + bytes <= MANY_BYTES);

  function admit(): void {
    for (let [next] = waiting; next !== undefined && hasRoom(next.bytes); [next] = waiting) {
      waiting.shift();
      count += 1;
      bytesHeld += next.bytes;
      next.go();
    }
  }

  function leave(bytes: number): () => void {
    return () => {
      count -= 1;
      bytesHeld -= bytes;
      admit();
    };
  }

  return {
    get count() {
      return count;
    },
    enter: (bytes, ms) =>
      new Promise((resolve) => {
        const entry = {
          bytes,
          go: () => {
            clearTimeout(timer);
            resolve(leave(bytes));
          },
        };
        const timer = setTimeout(() => {
          waiting.splice(waiting.indexOf(entry), 1);
          resolve(undefined);
        }, ms);
        waiting.push(entry);
        admit();
      }),
    answered() {
      isProven = true;
      admit();
    },
    failed() {
      isProven = false;
    },
  };
}
