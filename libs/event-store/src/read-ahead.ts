import type { RawEvent } from './decode-record.js';
import type { RawCall, RawMessage } from './raw-call.js';
import { Silence } from './silence.js';

/** Bytes that may wait for the consumer. */
const AHEAD_BYTES = 4 * 1024 * 1024;

/** The events of a call in batches; goes on receiving while the consumer works on one, up to some bytes. */
export async function* readAhead(
  call: RawCall,
  interrupted: AbortSignal,
  silentMs: number,
): AsyncGenerator<RawEvent[]> {
  let waiting: RawEvent[] = [];
  let bytes = 0;
  let isEnded = false;
  let failure: unknown;
  let wake: () => void = () => undefined;

  const fail = (error: unknown): void => {
    failure ??= error;
    wake();
  };
  const interrupt = (): void => fail(interrupted.reason);
  const take = ({ size, event }: RawMessage): void => {
    if (event !== undefined) waiting.push(event);
    bytes += size;
    if (bytes >= AHEAD_BYTES) call.pause();
    wake();
  };
  const sign = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => fail(new Silence(silentMs)), silentMs);
      wake = () => {
        clearTimeout(timer);
        wake = () => undefined;
        // What arrived in the same turn of the loop comes along: a batch per packet, not per event.
        setImmediate(resolve);
      };
    });

  call.on('data', take);
  call.on('error', fail);
  call.on('end', () => {
    isEnded = true;
    wake();
  });
  interrupted.addEventListener('abort', interrupt);
  if (interrupted.aborted) interrupt();
  try {
    for (;;) {
      if (waiting.length > 0) {
        const batch = waiting;
        waiting = [];
        bytes = 0;
        call.resume();
        yield batch;
      } else if (failure !== undefined) throw failure as Error;
      else if (isEnded) return;
      else await sign();
    }
  } finally {
    interrupted.removeEventListener('abort', interrupt);
  }
}
