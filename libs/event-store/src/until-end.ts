import { AccessDeniedError, StreamDeletedError, StreamNotFoundError } from '@eventstore/db-client';
import { backOffMs, morePatient, pause } from './back-off.js';
import type { Connection, Lease } from './connection.js';
import { StoreUnavailable, StreamDeleted } from './errors.js';

/** How long a read is repeated without anything new, and how long one attempt may be silent. Milliseconds. */
export interface Patience {
  readonly readMs: number;
  readonly attemptMs: number;
}

/** One attempt of a read. */
export interface Attempt {
  readonly lease: Lease;
  readonly interrupted: AbortSignal;
  readonly silentMs: number;
  /** Something new came, so patience begins anew. */
  readonly came: () => void;
}

export interface Reading<T> {
  readonly stream: string;
  readonly signal?: AbortSignal | undefined;
  /** Reads until the end; called again after a failure, it goes on where it was. */
  readonly once: (attempt: Attempt) => AsyncGenerator<T>;
}

/** Reads as often as it takes. A missing stream ends at once; throws `StreamDeleted`, `StoreUnavailable`. */
export async function* untilEnd<T>(
  connection: Connection,
  { readMs, attemptMs }: Patience,
  reading: Reading<T>,
): AsyncGenerator<T> {
  let failures = 0;
  let deadline = performance.now() + readMs;
  const came = (): void => {
    failures = 0;
    deadline = performance.now() + readMs;
  };
  for (;;) {
    try {
      yield* attemptOnce(connection, reading, { silentMs: morePatient(attemptMs, failures), came });
      return;
    } catch (error) {
      if (error instanceof StreamNotFoundError) return;
      const isLast = connection.closed.aborted || performance.now() > deadline;
      refuse(reading, error, isLast);
    }
    await pause(backOffMs(failures++), connection.closed);
  }
}

async function* attemptOnce<T>(
  connection: Connection,
  { once, signal }: Reading<T>,
  how: Pick<Attempt, 'silentMs' | 'came'>,
): AsyncGenerator<T> {
  const lease = await connection.lease();
  const interrupted = signal === undefined ? lease.signal : AbortSignal.any([lease.signal, signal]);
  try {
    yield* once({ ...how, lease, interrupted });
  } catch (error) {
    if (isAnswer(error)) connection.heard('read');
    else if (!interrupted.aborted) connection.failed('read', lease, error);
    throw error;
  }
}

const isAnswer = (error: unknown): boolean =>
  error instanceof StreamNotFoundError ||
  error instanceof StreamDeletedError ||
  error instanceof AccessDeniedError;

/** Throws when trying again is no use. */
function refuse({ stream, signal }: Reading<unknown>, error: unknown, isLast: boolean): void {
  signal?.throwIfAborted();
  if (error instanceof StreamDeletedError) throw new StreamDeleted(stream);
  if (error instanceof AccessDeniedError) throw new StoreUnavailable('it refuses our credentials', error);
  if (isLast) throw new StoreUnavailable(`read ${stream}`, error);
}
