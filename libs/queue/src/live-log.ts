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

/** `lines`: its attempt wrote more. `moved`: it started, or ended and its log is stored. */
export type RunNews = 'lines' | 'moved';

const LINES = ' lines';

export const readNews = (message: string): { readonly runId: string; readonly news: RunNews } =>
  message.endsWith(LINES)
    ? { runId: message.slice(0, -LINES.length), news: 'lines' }
    : { runId: message, news: 'moved' };

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
    .publish(NEWS_CHANNEL, runId + LINES)
    .exec();
}

/** Tells followers that the run moved on: it started, or ended and its log is stored. */
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
