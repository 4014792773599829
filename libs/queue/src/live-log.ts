import type { Redis } from 'ioredis';
import { PREFIX } from './run-job.js';

/** A log line on its way to whoever follows the run. `offset` counts the lines of the attempt from 0. */
export interface LiveLine {
  readonly offset: number;
  readonly entry: unknown;
}

const KEPT_LINES = 5_000;
const KEPT_SECONDS = 900;
const READ_AT_ONCE = 500;

const keyOf = (runId: string, attempt: number): string => `${PREFIX}:log:${runId}-${attempt}`;

/** Says which run there is news of, and of which kind; the news itself is read. */
export const NEWS_CHANNEL = `${PREFIX}:log-news`;

export type RunNews =
  /** An attempt, which has begun then, wrote more: these lines, or, when they are none, lines that are to be read. */
  | { readonly kind: 'lines'; readonly attempt: number; readonly lines: readonly LiveLine[] }
  /** It ended, or gave an attempt up, and what it said is stored. */
  | { readonly kind: 'moved' };

/** Everybody who follows any run hears all news: longer ones only tell that there is something to read. */
const SPOKEN_CHARACTERS = 2_048;

/** `<runId>`, or `<runId> <attempt> <lines as JSON>`. */
const tellLines = (runId: string, attempt: number, lines: readonly LiveLine[]): string => {
  const spoken = JSON.stringify(lines);
  return `${runId} ${attempt} ${spoken.length > SPOKEN_CHARACTERS ? '[]' : spoken}`;
};

/** The run that a message is about. */
export const runOfNews = (message: string): string => message.split(' ', 1)[0] ?? '';

export function readNews(message: string): RunNews {
  const [, attempt, lines] = /^\S+ (\d+) (.*)$/.exec(message) ?? [];
  if (attempt === undefined || lines === undefined) return { kind: 'moved' };
  return { kind: 'lines', attempt: Number(attempt), lines: JSON.parse(lines) as LiveLine[] };
}

/** Shows lines to followers as they come. Best effort: the log that counts is stored when the run ends. */
export async function publishLines(
  redis: Redis,
  runId: string,
  attempt: number,
  lines: readonly LiveLine[],
): Promise<void> {
  const key = keyOf(runId, attempt);
  const pipeline = redis.pipeline();
  for (const { offset, entry } of lines) {
    pipeline.xadd(key, 'MAXLEN', '~', KEPT_LINES, `${offset + 1}-0`, 'entry', JSON.stringify(entry));
  }
  await pipeline
    .expire(key, KEPT_SECONDS)
    .publish(NEWS_CHANNEL, tellLines(runId, attempt, lines))
    .exec();
}

/** Tells followers that the run moved on: it ended, or gave an attempt up, and what it said is stored. */
export const publishNews = async (redis: Redis, runId: string): Promise<void> => {
  await redis.publish(NEWS_CHANNEL, runId);
};

/** Lines of an attempt from `offset` on that Redis still has, at most 500. The first may be a later one: some were lost. */
export async function readLines(
  redis: Redis,
  { runId, attempt }: { readonly runId: string; readonly attempt: number },
  offset: number,
): Promise<readonly LiveLine[]> {
  const found = await redis.xrange(keyOf(runId, attempt), `${offset + 1}-0`, '+', 'COUNT', READ_AT_ONCE);
  return found.map(([streamId, [, entry = 'null']]) => ({
    offset: Number(streamId.split('-', 1)[0]) - 1,
    entry: JSON.parse(entry) as unknown,
  }));
}
