import { AccessDeniedError, type EventStoreDBClient } from '@eventstore/db-client';
import { appendOf, sizeWithinLimit } from './append-size.js';
import { backOffMs, morePatient, pause } from './back-off.js';
import type { Stored } from './batch-append/append-answer.js';
import type { BytesAppend } from './batch-append/append-message.js';
import type { Connection, Lease } from './connection.js';
import { AppendTooLarge, RevisionConflict, StoreUnavailable, StreamDeleted } from './errors.js';
import type {
  Appended,
  ExpectedRevision,
  NewEvent,
  RecordedEvent,
  ReadStreamOptions,
} from './event-store.js';
import { within } from './silence.js';

export interface AppendParts {
  readonly connection: Connection;
  /** One attempt. Rejects with a refusal of this very append; any other error leaves its outcome unknown. */
  readonly send: (client: EventStoreDBClient, append: BytesAppend) => Promise<Stored>;
  readonly readStream: (stream: string, options?: ReadStreamOptions) => AsyncIterable<RecordedEvent>;
  /** How long an append is repeated, and how long one attempt may take. Milliseconds. */
  readonly patience: { readonly appendMs: number; readonly attemptMs: number };
}

interface Append extends BytesAppend {
  /** Bytes, about. */
  readonly size: number;
  /** By `performance.now()`. */
  readonly deadline: number;
}

type Answer = { readonly appended: Appended } | { readonly refused: Error } | { readonly unknown: unknown };

/** `EventStore.append`: one call, repeated unchanged while its outcome is unknown (HAZARDS H1, H5). */
export function appending(parts: AppendParts) {
  return async (
    stream: string,
    events: readonly NewEvent[],
    expected: ExpectedRevision,
  ): Promise<Appended> => {
    if (events.length === 0) throw new RangeError(`Nothing to append to ${stream}.`);
    const append = appendOf(stream, events, expected);
    const size = sizeWithinLimit(append);
    const deadline = performance.now() + parts.patience.appendMs;
    return untilKnown(parts, { ...append, size, deadline });
  };
}

async function untilKnown(parts: AppendParts, append: Append): Promise<Appended> {
  const { closed } = parts.connection;
  let wasUnknown = false;
  for (let attempt = 0; ; attempt += 1) {
    const answer = await attemptOnce(parts, append, attempt);
    if ('appended' in answer) return answer.appended;
    if ('refused' in answer) return settle(parts, append, answer.refused, wasUnknown);
    wasUnknown = true;
    if (answer.unknown instanceof AccessDeniedError) {
      throw new StoreUnavailable('it refuses our credentials', answer.unknown);
    }
    const wait = backOffMs(attempt);
    if (performance.now() + wait > append.deadline || closed.aborted) {
      throw new StoreUnavailable(`append to ${append.stream}, outcome unknown`, answer.unknown);
    }
    await pause(wait, closed);
  }
}

async function attemptOnce(parts: AppendParts, append: Append, attempt: number): Promise<Answer> {
  const { connection, patience, send } = parts;
  const patientMs = morePatient(patience.attemptMs, attempt);
  const waitMs = append.deadline - performance.now();
  if (!(await connection.appends.enter(append.size, waitMs))) return { unknown: TOO_MANY };
  const leave = (): void => connection.appends.leave(append.size);
  let lease: Lease | undefined;
  try {
    lease = await connection.lease();
    // May hang for ever when the connection breaks; holds its place in flight as long as it does.
    const call = send(lease.client, append).finally(leave);
    const stored = await within(patientMs, call);
    connection.heard('append');
    return { appended: await appendedOf(parts, append, stored) };
  } catch (error) {
    const refused = isRefusal(error) ? error : undefined;
    if (refused !== undefined) connection.heard('append');
    else if (lease !== undefined) connection.failed('append', lease, error);
    else leave();
    return refused === undefined ? { unknown: error } : { refused };
  }
}

const TOO_MANY = new Error('Too many appends wait for an answer.');

/** Only what the server itself says about this very append is final; any other error leaves the outcome unknown (H5). */
const isRefusal = (error: unknown): error is Error =>
  error instanceof RevisionConflict || error instanceof StreamDeleted || error instanceof AppendTooLarge;

/** A conflict after an unknown outcome may be with our own events: then the append was the success it seems to deny. */
async function settle(
  parts: AppendParts,
  append: Append,
  refused: Error,
  wasUnknown: boolean,
): Promise<Appended> {
  if (!wasUnknown || !(refused instanceof RevisionConflict)) throw refused;
  const ours = await findOurs(parts, append);
  if (ours === undefined) throw refused;
  return { revision: ours.revision, position: ours.position };
}

/** The last of our events, if all of them stand in order right behind the expected revision. */
async function findOurs(parts: AppendParts, { stream, events, expected }: Append) {
  if (expected === 'any' || expected === 'stream_exists') return undefined;
  const from = expected === 'no_stream' ? {} : { from: expected + 1n };
  let last: RecordedEvent | undefined;
  let index = 0;
  for await (const stored of parts.readStream(stream, { ...from, limit: events.length })) {
    if (stored.id !== events[index]?.id) return undefined;
    last = stored;
    index += 1;
  }
  return index === events.length ? last : undefined;
}

/** An older server answers a repeated append without a position: then it is read from the event. */
async function appendedOf(
  parts: AppendParts,
  { stream }: Append,
  { revision, position }: Stored,
): Promise<Appended> {
  if (position !== undefined) return { revision, position };
  for await (const stored of parts.readStream(stream, { from: revision, limit: 1 })) {
    return { revision, position: stored.position };
  }
  throw new Error(`${stream} has no event at revision ${revision} after an append.`);
}
