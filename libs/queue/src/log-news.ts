import { connectRedis, type RedisOptions } from './connect-redis.js';
import { NEWS_CHANNEL, readNews, type RunNews, runOfNews } from './live-log.js';

/** What has come since the last question; `idle` when nothing did. */
export type Heard = RunNews | { readonly kind: 'idle' };

const idle: Heard = { kind: 'idle' };

/** Hears of one run from the moment it was made: nothing between two questions is missed. */
export interface RunWatch {
  /** Resolves when there is news, or after `waitMs`, or when `signal` aborts. Of both kinds, `moved` is told. */
  next(waitMs: number, signal: AbortSignal): Promise<Heard>;
  close(): void;
}

export interface LogNews {
  /**
   * Resolves when there is news of the run, or after `waitMs`, or when `signal` aborts. Ask before you look, so that what
   * comes between the look and the wait is not missed.
   */
  next(runId: string, waitMs: number, signal: AbortSignal): Promise<void>;
  watch(runId: string): RunWatch;
  close(): void;
}

/** One connection that hears of all runs, for any number of followers in this process. */
export function openLogNews(options: RedisOptions): LogNews {
  const hearers = new Map<string, Set<(news: RunNews) => void>>();
  const redis = connectRedis(options);
  const subscribe = (): void => void redis.subscribe(NEWS_CHANNEL).catch(options.onFault);
  redis.on('ready', subscribe);
  redis.on('message', (_channel: string, message: string) => {
    const those = hearers.get(runOfNews(message));
    if (those === undefined) return;
    const news = readNews(message);
    those.forEach((hear) => hear(news));
  });

  function watch(runId: string): RunWatch {
    let heard = idle;
    let wake = (): void => undefined;
    const hear = (news: RunNews): void => {
      heard = together(heard, news);
      wake();
    };
    hearers.set(runId, (hearers.get(runId) ?? new Set()).add(hear));
    return {
      async next(waitMs, signal) {
        if (heard === idle) await until((resolve) => (wake = resolve), waitMs, signal);
        const told = heard;
        heard = idle;
        return told;
      },
      close: () => leave(hearers, runId, hear),
    };
  }

  return {
    watch,
    async next(runId, waitMs, signal) {
      const watching = watch(runId);
      await watching.next(waitMs, signal);
      watching.close();
    },
    close: () => redis.disconnect(),
  };
}

/** A follower who is slower than this reads. */
const KEPT_LINES = 500;

/** Lines that do not go on where those before end are to be read. */
export function together(before: Heard, news: RunNews): Heard {
  if (before.kind === 'moved' || news.kind === 'moved') return { kind: 'moved' };
  if (before.kind === 'idle' || before.attempt < news.attempt) return news;
  if (before.attempt > news.attempt) return before;
  const goesOn = news.lines[0]?.offset === (before.lines.at(-1)?.offset ?? NaN) + 1;
  return {
    ...before,
    lines: goesOn && before.lines.length < KEPT_LINES ? [...before.lines, ...news.lines] : [],
  };
}

/** Resolves when what `give` is given is called, after `waitMs`, or when `signal` aborts. */
function until(give: (wake: () => void) => void, waitMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, waitMs);
    signal.addEventListener('abort', wake, { once: true });
    give(wake);
    if (signal.aborted) wake();
  });
}

function leave<T>(hearers: Map<string, Set<T>>, runId: string, hear: T): void {
  const those = hearers.get(runId);
  those?.delete(hear);
  if (those?.size === 0) hearers.delete(runId);
}
