import { blobKeyOf } from '@stemma/blob-store';
import type { EventStore } from '@stemma/event-store';
import { streamName } from '@stemma/commands';
import type { Heard, RunWatch } from '@stemma/queue';
import { createInterface } from 'node:readline';
import { invalidRequest } from '../http/zod.pipe.js';
import { fileNotFound } from './not-found.js';
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
  /** The current one, and those that follow it, when absent. */
  readonly attempt?: number | undefined;
  readonly signal: AbortSignal;
}

type FollowParts = RunParts & { readonly store: EventStore };

const IDLE_MS = 5_000;

/**
 * The lines of a run after a place, as they are written, until it ends: live ones from the worker while it runs, then the
 * stored log, which is whole. An attempt that was lost is followed by the next one from its first line. Null when the
 * tenant has no such run.
 *
 * @throws Refused when it had no such attempt, or retention has removed the bytes of its log
 */
export async function followLog(
  parts: FollowParts,
  options: FollowOptions,
): Promise<{ readonly standing: RunStanding; readonly items: AsyncGenerator<LogNewsItem> } | null> {
  const watch = parts.news.watch(options.runId);
  try {
    const standing = await readStanding(parts.store, options);
    if (standing === null) watch.close();
    else await requireLog(parts, options, standing);
    return standing && { standing, items: itemsOf(parts, options, standing, watch) };
  } catch (error) {
    watch.close();
    throw error;
  }
}

async function requireLog(
  { blobs }: Pick<RunParts, 'blobs'>,
  { tenantId, attempt }: FollowOptions,
  { attempt: last, log }: RunStanding,
): Promise<void> {
  if (attempt !== undefined && attempt !== last)
    throw invalidRequest([{ path: '?/attempt', message: `is of no attempt: the last one is ${last}` }]);
  if (log === null) return;
  const store = await blobs(tenantId);
  if ((await store.stat(blobKeyOf(log.sha256))) === null) throw fileNotFound('The log');
}

const isOver = ({ status }: RunStanding): boolean => status !== 'pending' && status !== 'running';

async function* itemsOf(
  parts: FollowParts,
  options: FollowOptions,
  first: RunStanding,
  watch: RunWatch,
): AsyncGenerator<LogNewsItem> {
  const { tenantId, runId, after, signal } = options;
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
        standing = (await readStanding(parts.store, options)) ?? standing;
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
  const bytes = await store.read(blobKeyOf(log.sha256));
  let offset = -1;
  for await (const text of createInterface({ input: bytes, crlfDelay: Infinity })) {
    offset += 1;
    if (offset > place.offset) yield { attempt, offset, entry: JSON.parse(text) as unknown };
  }
}

interface Told {
  readonly type: string;
  readonly data: unknown;
}

/** Null when the tenant has no such run; of one attempt as if it were the only one. */
async function readStanding(
  store: EventStore,
  { tenantId, runId, attempt }: Pick<FollowOptions, 'tenantId' | 'runId' | 'attempt'>,
): Promise<RunStanding | null> {
  let standing: RunStanding | null = null;
  for await (const event of store.readStream(streamName('run', tenantId, runId))) {
    standing = standingAfter(standing, event, attempt);
  }
  return standing;
}

function standingAfter(
  before: RunStanding | null,
  { type, data }: Told,
  wanted?: number,
): RunStanding | null {
  const told = data as RunStanding;
  if (before !== null && wanted !== undefined && told.attempt > wanted) return endedBy(before, wanted);
  switch (type) {
    case 'RunRequested':
      return { attempt: 0, status: 'pending', log: null };
    case 'RunStarted':
      return { attempt: told.attempt, status: 'running', log: null };
    case 'RunAttemptFailed':
      if (told.attempt !== wanted) return before;
      return { attempt: wanted, status: told.status, log: told.log };
    case 'RunCompleted':
      return { attempt: told.attempt, status: told.status, log: told.log };
    default:
      return before;
  }
}

/** A later attempt has begun: what was left of this one is over. */
const endedBy = (before: RunStanding, wanted: number): RunStanding =>
  before.attempt === wanted && before.status === 'running' ? { ...before, status: 'failed' } : before;
