import { openTenantBlobs } from '@stemma/blob-store';
import type { Config } from '@stemma/config';
import type { Logger } from '@stemma/observability';
import {
  callWorkers,
  connectRedis,
  type Heard,
  openLogNews,
  openRunProducer,
  readLines,
  readReports,
} from '@stemma/queue';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { RunParts } from './run-parts.js';

export interface OpenedRunParts {
  readonly parts: RunParts;
  readonly close: () => void;
}

/** Redis may be away, now or always: runs are taken all the same, and their logs are read when they have ended. */
export function openRunParts(config: Config, logger: Logger): OpenedRunParts {
  const { sandboxTimeoutSeconds, productionTimeoutSeconds, runMemoryMb, fileLimit, keepDays, redisUrl } =
    config;
  const shared = { memoryMb: runMemoryMb, milliCpus: 1000, tmpfsMb: 64 };
  const bytes = {
    blobs: openTenantBlobs({ directory: path.join(config.stateDir, 'blobs'), url: config.blobsUrl }),
    fileLimit,
    keepDays,
    clock: () => Date.now(),
    limits: {
      sandbox: { ...shared, timeoutMs: sandboxTimeoutSeconds * 1000 },
      production: { ...shared, timeoutMs: productionTimeoutSeconds * 1000 },
    },
  };
  const live = redisUrl === undefined ? withoutRedis() : withRedis(redisUrl, logger);
  return { parts: { ...bytes, ...live.parts }, close: live.close };
}

type Live = Pick<RunParts, 'news' | 'readLines' | 'readReports' | 'queue' | 'callWorkers'>;

function withRedis(url: string, logger: Logger): { readonly parts: Live; readonly close: () => void } {
  const onFault = (error: unknown): void =>
    logger.debug({ err: error }, 'Redis is away; logs are followed again when it is back');
  const redis = connectRedis({ url, onFault });
  const news = openLogNews({ url, onFault });
  const queue = openRunProducer({ url, onFault });
  return {
    parts: {
      news,
      readLines: (run, offset) => readLines(redis, run, offset).catch(() => []),
      readReports: () => readReports(redis, Date.now()).catch(() => []),
      queue,
      callWorkers: () => callWorkers(redis),
    },
    close: () => {
      news.close();
      void queue.close();
      redis.disconnect();
    },
  };
}

function withoutRedis(): { readonly parts: Live; readonly close: () => void } {
  const wait = async (waitMs: number, signal: AbortSignal): Promise<Heard> => {
    await pause(waitMs, undefined, { signal }).catch(() => undefined);
    return { kind: 'idle' };
  };
  const nothing = (): void => undefined;
  const news: RunParts['news'] = {
    next: async (_runId, waitMs, signal) => void (await wait(waitMs, signal)),
    watch: () => ({ next: wait, close: nothing }),
    close: nothing,
  };
  const none = (): Promise<readonly never[]> => Promise.resolve([]);
  const queue = { isInHand: () => Promise.resolve(false), list: none, remove: () => Promise.resolve(false) };
  const live = { news, readLines: none, readReports: none, queue };
  return { parts: { ...live, callWorkers: () => Promise.resolve(0) }, close: nothing };
}
