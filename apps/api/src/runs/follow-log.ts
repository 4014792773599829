import type { EventStore } from '@stemma/event-store';
import { streamName } from '@stemma/commands';
import { createInterface } from 'node:readline';
import type { RunParts } from './run-parts.js';

export interface LogPlace {
  readonly attempt: number;
  /** Of the last line that was seen; -1 before the first. */
  readonly offset: number;
}

export interface NumberedLine extends LogPlace {
  readonly entry: unknown;
}

/** Where a run stands, as its own stream says. */
export interface RunStanding {
  readonly attempt: number;
  readonly status: 'pending' | 'running' | 'completed' | 'failed' | 'timeout' | 'cancelled';
  readonly log: { readonly sha256: string } | null;
}

export type LogNewsItem =
  | { readonly kind: 'line'; readonly line: NumberedLine }
  /** Nothing new for a while: the connection is kept warm. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'end'; readonly standing: RunStanding };

export interface FollowOptions {
  readonly tenantId: string;
  readonly runId: string;
  readonly after: LogPlace;
  readonly signal: AbortSignal;
}

const IDLE_MS = 5_000;

/**
 * The lines of a run after a place, as they are written, until it ends: live ones from the worker while it runs, then the
 * stored log, which is whole. An attempt that was lost is followed by the next one from its first line.
 */
export async function* followLog(
  parts: RunParts & { readonly store: EventStore },
  { tenantId, runId, after, signal }: FollowOptions,
): AsyncGenerator<LogNewsItem> {
  let place = after;
  while (!signal.aborted) {
    const news = parts.news.next(runId, IDLE_MS, signal);
    const standing = await readStanding(parts.store, tenantId, runId);
    if (standing === null) return;
    if (standing.attempt !== place.attempt) place = { attempt: standing.attempt, offset: -1 };
    const ended = standing.status !== 'pending' && standing.status !== 'running';
    const before = place;
    const lines = ended
      ? storedLines(parts, tenantId, standing, place)
      : liveLines(await parts.readLines({ runId, attempt: place.attempt }, place.offset + 1), place.attempt);
    for await (const line of lines) {
      yield { kind: 'line', line };
      place = line;
    }
    if (ended) {
      yield { kind: 'end', standing };
      return;
    }
    if (place === before) {
      yield { kind: 'idle' };
      await news;
    }
  }
}

function* liveLines(
  lines: readonly { offset: number; entry: unknown }[],
  attempt: number,
): Generator<NumberedLine> {
  for (const { offset, entry } of lines) yield { attempt, offset, entry };
}

/** The stored log from a place on; it holds every line, also those that Redis lost. */
async function* storedLines(
  { blobs }: Pick<RunParts, 'blobs'>,
  tenantId: string,
  { attempt, log }: RunStanding,
  place: LogPlace,
): AsyncGenerator<NumberedLine> {
  if (log === null) return;
  const store = await blobs(tenantId);
  const bytes = await store.read(`${log.sha256.slice(0, 2)}/${log.sha256}`);
  let offset = -1;
  for await (const text of createInterface({ input: bytes, crlfDelay: Infinity })) {
    offset += 1;
    if (offset > place.offset) yield { attempt, offset, entry: JSON.parse(text) as unknown };
  }
}

/** Null when the tenant has no such run. */
export async function readStanding(
  store: EventStore,
  tenantId: string,
  runId: string,
): Promise<RunStanding | null> {
  let standing: RunStanding | null = null;
  for await (const { type, data } of store.readStream(streamName('run', tenantId, runId))) {
    if (type === 'RunRequested') standing = { attempt: 0, status: 'pending', log: null };
    if (type === 'RunStarted')
      standing = { attempt: (data as { attempt: number }).attempt, status: 'running', log: null };
    if (type === 'RunCompleted') {
      const { attempt, status, log } = data as RunStanding;
      standing = { attempt, status, log };
    }
  }
  return standing;
}
