import {
  AccessDeniedError,
  type AppendResult,
  jsonEvent,
  type JSONType,
  MaxAppendSizeExceededError,
  StreamDeletedError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { APPEND_LIMIT, sizeWithinLimit } from './append-size.js';
import { backOffMs, morePatient, pause } from './back-off.js';
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
  readonly readStream: (stream: string, options?: ReadStreamOptions) => AsyncIterable<RecordedEvent>;
  /** How long an append is repeated, and how long one attempt may take. Milliseconds. */
  readonly patience: { readonly appendMs: number; readonly attemptMs: number };
}

interface Append {
  readonly stream: string;
  readonly events: readonly NewEvent[];
  readonly expected: ExpectedRevision;
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
    const size = sizeWithinLimit(stream, events);
    const deadline = performance.now() + parts.patience.appendMs;
    return untilKnown(parts, { stream, events, expected, size, deadline });
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
  const { connection, patience } = parts;
  const patientMs = morePatient(patience.attemptMs, attempt);
  const leave = await connection.appends.enter(append.size, append.deadline - performance.now());
  if (leave === undefined) return { unknown: new Error('Too many appends wait for an answer.') };
  let lease: Lease | undefined;
  try {
    lease = await connection.lease();
    const call = send(lease, append, patientMs).finally(leave);
    const result = await within(patientMs, call);
    connection.heard('append');
    return { appended: await appendedOf(parts, append, result) };
  } catch (error) {
    const refused = refusalOf(append, error);
    if (refused !== undefined) connection.heard('append');
    else if (lease !== undefined) connection.failed('append', lease, error);
    else leave();
    return refused === undefined ? { unknown: error } : { refused };
  }
}

/** May hang for ever when the connection breaks; holds its place in flight as long as it does. */
function send(
  { client }: Lease,
  { stream, events, expected }: Append,
  deadline: number,
): Promise<AppendResult> {
  const sent = events.map(({ id, type, data, metadata }) =>
    jsonEvent({ id, type, data: data as JSONType, metadata: metadata as JSONType }),
  );
  return client.appendToStream(stream, sent, { expectedRevision: expected, deadline });
}

/** Only what the server itself says about this very stream is final; any other error leaves the outcome unknown (H5). */
function refusalOf({ stream, expected }: Append, error: unknown): Error | undefined {
  if (error instanceof WrongExpectedVersionError && error.streamName === stream) {
    const actual = error.actualVersion;
    return new RevisionConflict(stream, expected, typeof actual === 'bigint' ? actual : null);
  }
  if (error instanceof StreamDeletedError && error.streamName === stream) return new StreamDeleted(stream);
  if (error instanceof MaxAppendSizeExceededError) {
    return new AppendTooLarge(stream, APPEND_LIMIT, error.maxAppendSize);
  }
  return undefined;
}

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
async function appendedOf(parts: AppendParts, { stream }: Append, result: AppendResult): Promise<Appended> {
  const revision = result.nextExpectedRevision;
  const known = result.position?.commit;
  if (known !== undefined && known < NO_POSITION) return { revision, position: known };
  for await (const stored of parts.readStream(stream, { from: revision, limit: 1 })) {
    return { revision, position: stored.position };
  }
  throw new Error(`${stream} has no event at revision ${revision} after an append.`);
}

const NO_POSITION = 2n ** 63n;
