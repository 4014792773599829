/** The appends that were sent and are not answered. */
export interface InFlight {
  readonly count: number;
  /** At once when there is room, else when there is; false when there was none within `ms`. */
  enter(bytes: number, ms: number): boolean | Promise<boolean>;
  leave(bytes: number): void;
}

const MANY = 256;
const MANY_BYTES = 8 * 1024 * 1024;

interface Waiting {
  readonly bytes: number;
  readonly go: () => void;
}

/** Bounds what a server that has fallen silent makes us hold. One append alone may be larger. In the order of arrival. */
export function inFlight(): InFlight {
  const waiting: Waiting[] = [];
  let count = 0;
  let bytesHeld = 0;

  const hasRoom = (bytes: number): boolean =>
    count === 0 || (count < MANY && bytesHeld + bytes <= MANY_BYTES);

  function take(bytes: number): void {
    count += 1;
    bytesHeld += bytes;
  }

  function admit(): void {
    for (let [next] = waiting; next !== undefined && hasRoom(next.bytes); [next] = waiting) {
      waiting.shift();
      take(next.bytes);
      next.go();
    }
  }

  const queue = (bytes: number, ms: number): Promise<boolean> =>
    new Promise((resolve) => {
      const entry = {
        bytes,
        go: () => {
          clearTimeout(timer);
          resolve(true);
        },
      };
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(entry), 1);
        resolve(false);
      }, ms);
      waiting.push(entry);
    });

  return {
    get count() {
      return count;
    },
    enter(bytes, ms) {
      if (waiting.length > 0 || !hasRoom(bytes)) return queue(bytes, ms);
      take(bytes);
      return true;
    },
    leave(bytes) {
      count -= 1;
      bytesHeld -= bytes;
      admit();
    },
  };
}
