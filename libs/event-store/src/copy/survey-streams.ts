import type { EventStore } from '../event-store.js';
import type { RawEvent } from '../decode-record.js';
import { StreamDeleted } from '../errors.js';
import type { ReadRaw } from '../read-log.js';

/** What became of a stream that somebody gave metadata to or deleted. */
export interface StreamFate {
  /** The first revision that readers of the stream still see; `gone` when they see none. */
  readonly first: bigint | 'gone';
  readonly end: 'open' | 'deleted' | 'tombstoned';
  /** The newest metadata as stored, a delete's included; undefined without any. */
  readonly metadata: Uint8Array | undefined;
}

export type Fates = ReadonlyMap<string, StreamFate>;

/** What is asked of a log here. */
export interface SurveyedLog extends Pick<EventStore, 'readStream'> {
  readonly readRaw: ReadRaw;
}

/**
 * The fates of all application streams that have metadata or were deleted. A real server goes on handing out events of
 * deleted and truncated streams in `$all` until it is scavenged (HAZARDS H9); by their fates a reader tells which are gone.
 */
export async function surveyStreams(log: SurveyedLog, signal?: AbortSignal): Promise<Fates> {
  const newest = new Map<string, RawEvent>();
  const tombstoned = new Set<string>();
  const types = [METADATA, TOMBSTONE];
  for await (const events of log.readRaw({ withSystem: true, types, ...(signal && { signal }) })) {
    for (const event of events) {
      if (event.type === TOMBSTONE) tombstoned.add(event.stream);
      else if (event.stream.startsWith('$$')) newest.set(event.stream.slice(2), event);
    }
  }
  const fates = new Map<string, StreamFate>();
  for (const [stream, event] of newest) {
    if (stream.startsWith('$') || tombstoned.has(stream)) continue;
    signal?.throwIfAborted();
    fates.set(stream, await fateOf(log, stream, event));
  }
  for (const stream of tombstoned) {
    if (!stream.startsWith('$')) fates.set(stream, { first: 'gone', end: 'tombstoned', metadata: undefined });
  }
  return fates;
}

const METADATA = '$metadata';
const TOMBSTONE = '$streamDeleted';
/** `$tb` of a deleted stream: 2^63 - 1, which no JavaScript number is. */
const DELETED = /"\$tb"\s*:\s*9223372036854775807/;

async function fateOf(log: SurveyedLog, stream: string, { data }: RawEvent): Promise<StreamFate> {
  const end = DELETED.test(Buffer.from(data).toString('utf8')) ? 'deleted' : 'open';
  const first = end === 'deleted' ? 'gone' : await firstVisible(log, stream);
  return { first, end, metadata: data };
}

/** The first revision that readers of a stream see. */
export async function firstVisible(log: SurveyedLog, stream: string): Promise<bigint | 'gone'> {
  try {
    for await (const { revision } of log.readStream(stream)) return revision;
  } catch (error) {
    if (!(error instanceof StreamDeleted)) throw error;
  }
  return 'gone';
}

/** Whether an event is one that readers of its stream do not see any more. */
export function isGone(fates: Fates, { stream, revision }: Pick<RawEvent, 'stream' | 'revision'>): boolean {
  const first = fates.get(stream)?.first;
  return first === 'gone' || (first !== undefined && revision < first);
}
