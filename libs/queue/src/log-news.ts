import { connectRedis, type RedisOptions } from './connect-redis.js';
import { NEWS_CHANNEL } from './live-log.js';

export interface LogNews {
  /**
   * Resolves when there is news of the run, or after `waitMs`, or when `signal` aborts. Ask before you look, so that what
   * comes between the look and the wait is not missed.
   */
  next(runId: string, waitMs: number, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** One connection that hears of all runs, for any number of followers in this process. */
export function openLogNews(options: RedisOptions): LogNews {
  const waiting = new Map<string, Set<() => void>>();
  const redis = connectRedis(options);
  const subscribe = (): void => void redis.subscribe(NEWS_CHANNEL).catch(options.onFault);
  redis.on('ready', subscribe);
  redis.on('message', (_channel: string, runId: string) => waiting.get(runId)?.forEach((wake) => wake()));
  return {
    next: (runId, waitMs, signal) =>
      new Promise((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', wake);
          leave(waiting, runId, wake);
          resolve();
        };
        const timer = setTimeout(wake, waitMs);
        signal.addEventListener('abort', wake, { once: true });
        waiting.set(runId, (waiting.get(runId) ?? new Set()).add(wake));
        if (signal.aborted) wake();
      }),
    close: () => redis.disconnect(),
  };
}

function leave(waiting: Map<string, Set<() => void>>, runId: string, wake: () => void): void {
  const those = waiting.get(runId);
  those?.delete(wake);
  if (those?.size === 0) waiting.delete(runId);
}
