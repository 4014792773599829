import { connectRedis, type RedisOptions } from './connect-redis.js';
import { NEWS_CHANNEL, readNews, type RunNews } from './live-log.js';

/** What has come since the last question; `idle` when nothing did. */
export type Heard = RunNews | 'idle';

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
    const { runId, news } = readNews(message);
    hearers.get(runId)?.forEach((hear) => hear(news));
  });

  function watch(runId: string): RunWatch {
    let heard: Heard = 'idle';
    let wake = (): void => undefined;
    const hear = (news: RunNews): void => {
      if (heard !== 'moved') heard = news;
      wake();
    };
    hearers.set(runId, (hearers.get(runId) ?? new Set()).add(hear));
    return {
      async next(waitMs, signal) {
        if (heard === 'idle') await until((resolve) => (wake = resolve), waitMs, signal);
        const told = heard;
        heard = 'idle';
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
