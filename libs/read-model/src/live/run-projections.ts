import { type Sql, withClient } from '../database/connect.js';
import { migrate } from '../database/migrate.js';
import { noteTroubles } from '../database/troubles.js';
import { readDrops } from '../log/drops.js';
import { ensureLog, type LogStore } from '../log/ensure-log.js';
import type { EventSource, Log } from '../log/event-source.js';
import type { Projection } from '../projection/projection.js';
import { runJobs } from '../jobs/run-jobs.js';
import { openBell } from '../waiting/bell.js';
import { restoreCertificates } from '../prove/certificates.js';
import { polite } from '../rebuild/politeness.js';
import { persistently } from '../waiting/persistently.js';
import { type BuildStatus, noBuild } from './build-status.js';
import { openCommitGroup } from './commit-group.js';
import { openFeed } from './feed.js';
import type { Engine, OnCommitted } from './keep-build.js';
import { keepBuilds } from './keep-builds.js';
import { listenForControl } from './listen-for-control.js';

export interface ProjectorOptions {
  readonly databaseUrl: string;
  readonly projections: readonly Projection[];
  readonly source: EventSource & LogStore;
  /** The release of this process, for the first event of a new log and for certificates. */
  readonly release: string;
  readonly log: Log;
  readonly onCommitted?: OnCommitted;
}

/** The one subscription of a process. */
export interface Subscription {
  /** The position of the newest event it was told of; -1 before the first. */
  readonly head: bigint;
  /** How often it was cut and made anew. */
  readonly drops: number;
}

export interface RunningProjections {
  /** Each build that this process keeps or waits for; a projection without any is `waiting`. */
  readonly status: () => readonly BuildStatus[];
  readonly subscription: () => Subscription;
  /** Finishes the commits under way and gives the locks back. */
  readonly stop: () => Promise<void>;
}

/** Runs every projection until stopped, healing by itself whatever goes away and comes back. */
export function runProjections(options: ProjectorOptions): RunningProjections {
  const { projections, log } = options;
  const stop = new AbortController();
  let known: Known = {
    status: () => projections.map((projection) => noBuild(projection)),
    subscription: () => ({ head: -1n, drops: 0 }),
  };
  const running = persistently(
    async () => {
      await runEngine(options, stop.signal, (next) => (known = next));
      return 'again';
    },
    {
      firstPauseMs: 100,
      longestPauseMs: 5_000,
      signal: stop.signal,
      onFailure: (error) => log.warn({ err: error }, 'the projector waits for the log and for Postgres'),
    },
  );
  return {
    status: () => known.status(),
    subscription: () => known.subscription(),
    stop: async () => {
      stop.abort();
      await running;
    },
  };
}

type Known = Pick<RunningProjections, 'status' | 'subscription'>;

/** What operators are told: which builds were stopped, and which this process moves along. */
function troublesIn(builds: readonly BuildStatus[]): Parameters<typeof noteTroubles>[2] {
  const refs = builds.map(({ build, ...status }) => ({ ...status, build: build ?? 0 }));
  return {
    stopped: refs
      .filter(({ activity }) => activity === 'stopped')
      .map(({ reason, ...ref }) => ({ ...ref, reason: reason ?? '' })),
    moving: refs.filter(({ activity }) => activity === 'live' || activity === 'catching-up'),
  };
}

/** From when log and database are known until the signal aborts. */
async function runEngine(
  options: ProjectorOptions,
  signal: AbortSignal,
  show: (known: Known) => void,
): Promise<void> {
  const { databaseUrl, projections, source, release, log, onCommitted } = options;
  const logId = await ensureLog(source, release);
  await withClient(databaseUrl, 'stemma-projector migrate', migrate);
  const drops = await readDrops(source);
  signal.throwIfAborted();
  const isNeeded = (type: string) => projections.some((projection) => projection.treats(type) === 'applies');
  const feed = openFeed({ source, log, isNeeded });
  const shared = { databaseUrl, source, logId, feed, drops, release, log, onCommitted };
  const group = openCommitGroup();
  const engine: Engine = { ...shared, group, politeness: polite(group.isBusy) };
  const builds = keepBuilds(engine, projections);
  show({
    status: builds.status,
    subscription: () => ({ head: feed.head, drops: Math.max(0, feed.caughtUp - 1) }),
  });
  const wake = openBell();
  const act = async (sql: Sql) => {
    await builds.reconcile(sql);
    await noteTroubles(sql, release, troublesIn(builds.status()));
    wake.ring();
  };
  const restored = restoring(options, signal);
  try {
    await Promise.all([
      listenForControl({ databaseUrl, signal, log, act }),
      runJobs({ engine, projections, wake, signal }),
    ]);
  } finally {
    await builds.stop();
    await feed.close();
    await restored;
  }
}

/** Beside what keeps builds, which does not need it: what fails is done with the next start. */
const restoring = ({ databaseUrl, source, log }: ProjectorOptions, signal: AbortSignal): Promise<void> =>
  withClient(databaseUrl, 'stemma-projector certificates', (sql) =>
    restoreCertificates(sql, source, signal),
  ).catch((error: unknown) => {
    log.warn({ err: error }, 'certificates that only the log has are listed with the next start');
  });
