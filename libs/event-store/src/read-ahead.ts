import { convertToCommandError } from '@eventstore/db-client';
import type { RawEvent } from './decode-record.js';
import type { RawCall, RawMessage } from './raw-call.js';
import { Silence, within } from './silence.js';
import type { Attempt } from './until-end.js';

/** Bytes that may wait for the consumer. */
const AHEAD_BYTES = 4 * 1024 * 1024;

/**
 * The events of a call in batches, as many as arrived while the consumer worked on the one before. Throws the client's
 * errors, and `Silence`.
 */
export async function* batchesOf(
  opening: Promise<RawCall>,
  { interrupted, silentMs }: Attempt,
): AsyncGenerator<RawEvent[]> {
  try {
    const call = await within(silentMs, opening);
    yield* readAhead(call, interrupted, silentMs);
  } catch (error) {
    throw error instanceof Error ? convertToCommandError(error) : error;
  } finally {
    // One that opens late is of no use to anybody.
    void opening.then(cancel, () => undefined);
  }
}

/** A cancelled call fails once more, when nobody listens any longer. */
export function cancel(call: RawCall): void {
  call.on('error', () => undefined);
  call.cancel();
}

/** Goes on receiving while the consumer works on a batch, up to some bytes. */
async function* readAhead(
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
