import {
  AccessDeniedError,
  type EventStoreDBClient,
  type ResolvedEvent,
  StreamDeletedError,
  StreamNotFoundError,
} from '@eventstore/db-client';
import { backOffMs, pause } from './back-off.js';
import type { Connection, Lease } from './connection.js';
import { StoreUnavailable, StreamDeleted } from './errors.js';
import { ENDED, pull, SILENT, type Source } from './pull.js';
import { type Place, placeOf } from './recorded-event.js';
import { Silence } from './silence.js';

/** How long a read is repeated without one new record, and how long one attempt may be silent. Milliseconds. */
export interface Patience {
  readonly readMs: number;
  readonly attemptMs: number;
}

export type ClientRead = Source & { cancel(): Promise<void> };

interface Request {
  readonly stream: string;
  /** Opens a call that begins behind a record, at the start of the request when there is none yet. */
  readonly open: (client: EventStoreDBClient, behind: Place | undefined) => ClientRead;
  readonly signal?: AbortSignal | undefined;
}

/** Where a read has come to, over all its calls. */
interface Progress {
  behind: Place | undefined;
  failures: number;
  deadline: number;
}

/** The records of one request, each once and in order, over as many calls as it takes. */
export async function* readUntilEnd(
  connection: Connection,
  patience: Patience,
  request: Request,
): AsyncGenerator<ResolvedEvent> {
  const progress: Progress = { behind: undefined, failures: 0, deadline: Date.now() + patience.readMs };
  for (;;) {
    try {
      yield* readOnce(connection, patience, request, progress);
      return;
    } catch (error) {
      if (error instanceof StreamNotFoundError) return;
      refuse(request, error, progress.deadline, connection.closed);
    }
    await pause(backOffMs(progress.failures++), connection.closed);
  }
}

async function* readOnce(
  connection: Connection,
  { attemptMs, readMs }: Patience,
  request: Request,
  progress: Progress,
): AsyncGenerator<ResolvedEvent> {
  const lease = await connection.lease();
  const call = request.open(lease.client, progress.behind);
  const interrupted = interruption(lease, request.signal);
  const source = pull<ResolvedEvent>(call, interrupted);
  try {
    for (;;) {
      const next = await source.next(attemptMs);
      if (next === SILENT) throw new Silence(attemptMs);
      connection.heard('read');
      if (next === ENDED) return;
      const place = placeOf(next);
      // A call from a position is inclusive: the record it goes on from comes again.
      if (place !== undefined && place.position === progress.behind?.position) continue;
      yield next;
      progress.behind = place ?? progress.behind;
      progress.failures = 0;
      progress.deadline = Date.now() + readMs;
    }
  } catch (error) {
    if (isAnswer(error)) connection.heard('read');
    else if (!interrupted.aborted) connection.failed('read', lease, error);
    throw error;
  } finally {
    source.done();
    void call.cancel().catch(() => undefined);
  }
}

const isAnswer = (error: unknown): boolean =>
  error instanceof StreamNotFoundError ||
  error instanceof StreamDeletedError ||
  error instanceof AccessDeniedError;

const interruption = (lease: Lease, signal: AbortSignal | undefined): AbortSignal =>
  signal === undefined ? lease.signal : AbortSignal.any([lease.signal, signal]);

/** Throws when trying again is no use. */
function refuse({ stream, signal }: Request, error: unknown, deadline: number, closed: AbortSignal): void {
  signal?.throwIfAborted();
  if (error instanceof StreamDeletedError) throw new StreamDeleted(stream);
  if (error instanceof AccessDeniedError) throw new StoreUnavailable('it refuses our credentials', error);
  if (closed.aborted || Date.now() > deadline) throw new StoreUnavailable(`read ${stream}`, error);
}
