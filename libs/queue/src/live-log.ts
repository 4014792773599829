import type { Redis } from 'ioredis';
import { PREFIX } from './run-job.js';

/** A log line on its way to whoever follows the run. `offset` counts the lines of the run from 0. */
export interface LiveLine {
  readonly offset: number;
  readonly entry: unknown;
}

/** What a follower is told: lines in order, then the end. Lines that Redis lost are in the stored log. */
export type LiveNews = { readonly kind: 'line'; readonly line: LiveLine } | { readonly kind: 'end' };

const keyOf = (runId: string, attempt: number): string => `${PREFIX}:log:${runId}-${attempt}`;
const KEPT_LINES = 5_000;
const KEPT_SECONDS = 900;

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
  pipeline.expire(key, KEPT_SECONDS);
  await pipeline.exec();
}

/** Tells followers that nothing more comes and that the stored log is there. */
export async function publishEnd(redis: Redis, runId: string, attempt: number): Promise<void> {
  const key = keyOf(runId, attempt);
  await redis
    .pipeline()
    .xadd(key, 'MAXLEN', '~', KEPT_LINES, '*', 'end', '1')
    .expire(key, KEPT_SECONDS)
    .exec();
}

/**
 * News of an attempt after `offset` (-1: from the first line), waiting up to `waitMs` for the first. Needs a connection
 * of its own: it blocks.
 */
export async function readLive(
  redis: Redis,
  run: { readonly runId: string; readonly attempt: number },
  offset: number,
  waitMs: number,
): Promise<readonly LiveNews[]> {
  const key = keyOf(run.runId, run.attempt);
  const found = await redis.xread('COUNT', 500, 'BLOCK', waitMs, 'STREAMS', key, `${offset + 1}-0`);
  return (found?.[0]?.[1] ?? []).map(([streamId, fields]) => newsOf(streamId, fields));
}

function newsOf(streamId: string, [name, value = 'null']: string[]): LiveNews {
  if (name === 'end') return { kind: 'end' };
  const offset = Number(streamId.split('-', 1)[0]) - 1;
  return { kind: 'line', line: { offset, entry: JSON.parse(value) as unknown } };
}
