import type { EventStore } from '@stemma/event-store';
import { streamName } from '@stemma/commands';
import type { Heard, RunWatch } from '@stemma/queue';
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

type FollowParts = RunParts & { readonly store: EventStore };

const IDLE_MS = 5_000;

/**
 * The lines of a run after a place, as they are written, until it ends: live ones from the worker while it runs, then the
 * stored log, which is whole. An attempt that was lost is followed by the next one from its first line. Null when the
 * tenant has no such run.
 */
export async function followLog(
  parts: FollowParts,
  options: FollowOptions,
): Promise<{ readonly standing: RunStanding; readonly items: AsyncGenerator<LogNewsItem> } | null> {
  const watch = parts.news.watch(options.runId);
  const standing = await readStanding(parts.store, options.tenantId, options.runId);
  if (standing === null) {
    watch.close();
    return null;
  }
  return { standing, items: itemsOf(parts, options, standing, watch) };
}

const isOver = ({ status }: RunStanding): boolean => status !== 'pending' && status !== 'running';

async function* itemsOf(
  parts: FollowParts,
  { tenantId, runId, after, signal }: FollowOptions,
  first: RunStanding,
  watch: RunWatch,
): AsyncGenerator<LogNewsItem> {
  let standing = first;
  let place = after;
  let told: LiveLines | null = null;
  try {
    while (!signal.aborted) {
      place = placeIn(standing, place);
      const lines = isOver(standing)
        ? storedLines(parts, tenantId, standing, place)
        : liveLines(told ?? (await readLive(parts, runId, standing, place)), place.attempt);
      const before = place;
      for await (const line of lines) {
        yield { kind: 'line', line };
        place = line;
      }
      if (isOver(standing)) {
        yield { kind: 'end', standing };
        return;
      }
      // There may be more to read; behind what was told there is nothing that will not be told.
      if (told === null && place !== before) continue;
      yield { kind: 'idle' };
      const news = await watch.next(IDLE_MS, signal);
      if (news.kind === 'lines') {
        standing = standingAt(standing, news);
        told = await linesOf(parts, runId, placeIn(standing, place), news);
      } else {
        standing = (await readStanding(parts.store, tenantId, runId)) ?? standing;
        told = null;
      }
    }
  } finally {
    watch.close();
  }
}

type LiveLines = Awaited<ReturnType<RunParts['readLines']>>;
type LinesNews = Extract<Heard, { readonly kind: 'lines' }>;

/** Each attempt is followed from its first line. */
const placeIn = ({ attempt }: RunStanding, place: LogPlace): LogPlace =>
  attempt === place.attempt ? place : { attempt, offset: -1 };

/** An attempt says something only after the log has said that it began. */
const standingAt = (standing: RunStanding, { attempt }: LinesNews): RunStanding =>
  attempt > standing.attempt ? { attempt, status: 'running', log: null } : standing;

/** The lines behind a place: those that were told, or from Redis when some are missing between. */
function linesOf(
  { readLines }: RunParts,
  runId: string,
  { attempt, offset }: LogPlace,
  news: LinesNews,
): LiveLines | Promise<LiveLines> {
  if (news.attempt !== attempt) return [];
  const [first] = news.lines;
  if (first === undefined || first.offset > offset + 1) return readLines({ runId, attempt }, offset + 1);
  return news.lines.filter((line) => line.offset > offset);
}

/** Before its first attempt a run has said nothing. */
const readLive = (
  { readLines }: RunParts,
  runId: string,
  { status }: RunStanding,
  { attempt, offset }: LogPlace,
): Promise<LiveLines> =>
  status === 'pending' && attempt === 0 ? Promise.resolve([]) : readLines({ runId, attempt }, offset + 1);

function* liveLines(lines: LiveLines, attempt: number): Generator<NumberedLine> {
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
async function readStanding(store: EventStore, tenantId: string, runId: string): Promise<RunStanding | null> {
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
