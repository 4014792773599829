import { UnavailableError } from '@eventstore/db-client';
import type { RawEvent } from '../decode-record.js';
import { backOffMs, pause } from '../back-off.js';
import type { Credentials } from '../connection-string.js';
import { type Connection, openConnection } from '../connection.js';
import { StoreUnavailable } from '../errors.js';
import { decodingNow } from '../lazy-event.js';
import { logReading } from '../read-log.js';
import { streamReading } from '../read-stream.js';
import { compareLogs } from './compare-logs.js';
import {
  type CopyProgress,
  CopyRefused,
  type Difference,
  type FilledStream,
  inWords,
  type LogIdentity,
  type Proof,
} from './copy.js';
import { FILLER } from './fillers.js';
import { type Settled, settleStreams } from './settle-streams.js';
import { storeRest, type TargetStreams } from './store-rest.js';
import { type SurveyedLog, surveyStreams } from './survey-streams.js';

export interface CopyLogOptions {
  /** Connection strings, as for `connectEventStore`. */
  readonly from: string;
  readonly to: string;
  readonly credentials?: { readonly from?: Credentials; readonly to?: Credentials };
  readonly identity: LogIdentity;
  /** Compares only, and stores nothing. */
  readonly proveOnly?: boolean;
  /** Called for each event: it has to be quick. */
  readonly onProgress?: (progress: CopyProgress) => void;
  readonly signal?: AbortSignal;
}

export interface CopyReport extends Settled {
  /** Events stored by this call; those of earlier ones are not counted. */
  readonly copied: number;
  readonly fillers: readonly FilledStream[];
  readonly proof: Proof;
}

/** A log, and the client to write to it with. */
interface Side extends SurveyedLog {
  readonly connection: Connection;
}

const PATIENCE = { readMs: 10_000, attemptMs: 4_000 };
/** How often in a row a server that is away is tried again before the copy gives up. */
const TRIES = 3;

/**
 * Copies the application events of one log to another: same order, stream, revision, id, type, JSON flag and bytes; then
 * reads both back and compares. It keeps no notes: what the other log holds already is compared and gone on behind, so a
 * call that was killed is simply made again, and a call after new events brings over these.
 *
 * Throws `CopyRefused` when the other log holds something else, `AppendTooLarge`, `StoreUnavailable`. A proof that fails is
 * no error: it is in the report.
 */
export async function copyLog(options: CopyLogOptions): Promise<CopyReport> {
  const { credentials, identity, proveOnly = false } = options;
  const from = openSide(options.from, credentials?.from);
  const to = openSide(options.to, credentials?.to);
  const copying: Copying = {
    from,
    to,
    identity,
    onProgress: options.onProgress ?? (() => undefined),
    signal: options.signal ?? new AbortController().signal,
  };
  try {
    const copied = proveOnly ? NOTHING_COPIED : await persistently(copying);
    return await prove(copying, copied);
  } finally {
    await Promise.all([from.connection.close(), to.connection.close()]);
  }
}

function openSide(url: string, credentials: Credentials | undefined): Side {
  const connection = openConnection(url, () => undefined, credentials);
  return {
    connection,
    readRaw: logReading(connection, PATIENCE),
    readStream: streamReading({ connection, recorded: decodingNow((event) => event), patience: PATIENCE }),
  };
}

interface Copying {
  readonly from: Side;
  readonly to: Side;
  readonly identity: LogIdentity;
  readonly onProgress: (progress: CopyProgress) => void;
  readonly signal: AbortSignal;
}

interface Copied extends Settled {
  readonly copied: number;
  /** The last event of the old log that was looked at. */
  readonly upTo: bigint | undefined;
}

const NOTHING_COPIED: Copied = { copied: 0, metadata: 0, deleted: 0, upTo: undefined };

/** A server that is away for a moment, on either side, ends an attempt; the next one goes on where it stopped. */
async function persistently(copying: Copying): Promise<Copied> {
  let there: number | undefined;
  for (let failures = 0; ;) {
    let stored = 0;
    const onProgress = (progress: CopyProgress): void => {
      if (progress.phase === 'copy') stored = progress.events;
      copying.onProgress(progress);
    };
    try {
      return await copy({ ...copying, onProgress }, (found) => (there ??= found));
    } catch (error) {
      copying.signal.throwIfAborted();
      failures = stored > 0 ? 1 : failures + 1;
      if (!isPassing(error) || failures >= TRIES) throw error;
      await pause(backOffMs(failures, 500, 5_000), copying.signal);
    }
  }
}

const isPassing = (error: unknown): boolean =>
  error instanceof StoreUnavailable || error instanceof UnavailableError;

/** `thereAtFirst` is told how many events were there, and tells how many were when the copy began. */
async function copy({ from, to, ...how }: Copying, thereAtFirst: (found: number) => number): Promise<Copied> {
  const { signal } = how;
  const fates = await surveyStreams(from, signal);
  const targetFates = await surveyStreams(to, signal);
  const streams: TargetStreams = { next: new Map(), fillers: new Map() };
  const { difference, position, events } = await compareLogs({
    ...how,
    from,
    to,
    fates,
    phase: 'compare',
    toTheEnd: false,
    onTarget: taking(streams),
  });
  if (difference?.to !== undefined) throw unlike(difference);
  const before = events.from - thereAtFirst(events.from);
  const { client } = await to.connection.lease();
  const stored = await storeRest({ ...how, from, client, fates, targetFates, streams, behind: position });
  const settled = await settleStreams({
    from,
    client,
    fates: await surveyStreams(from, signal),
    targetFates: await surveyStreams(to, signal),
    streams,
    signal,
  });
  return { copied: before + stored.events, upTo: stored.position ?? position, ...settled };
}

const unlike = ({ from, to }: Difference): CopyRefused =>
  new CopyRefused(
    'target-differs',
    `The log to copy to is no copy of this one: it has ${inWords(to)}, where this one has ${inWords(from)}. Name an empty event store.`,
  );

/** Learns from the events of the new log how far its streams are. */
function taking({ next, fillers }: TargetStreams): (event: RawEvent) => void {
  const count = countingFillers(fillers);
  return (event) => {
    if (event.stream.startsWith('$') || event.type === '$streamDeleted') return;
    next.set(event.stream, event.revision + 1n);
    count(event);
  };
}

const countingFillers =
  (fillers: Map<string, number>) =>
  ({ stream, type }: RawEvent): void => {
    if (type === FILLER) fillers.set(stream, (fillers.get(stream) ?? 0) + 1);
  };

async function prove({ from, to, ...how }: Copying, { upTo, ...counts }: Copied): Promise<CopyReport> {
  const fillers = new Map<string, number>();
  const proof = await compareLogs({
    ...how,
    from,
    to,
    upTo,
    fates: await surveyStreams(from, how.signal),
    phase: 'prove',
    toTheEnd: true,
    onTarget: countingFillers(fillers),
  });
  const filled = [...fillers].map(([stream, count]): FilledStream => ({ stream, fillers: count }));
  return { ...counts, fillers: filled, proof };
}
