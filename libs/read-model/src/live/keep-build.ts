import { type Build, readState } from '../database/builds.js';
import { inTransaction } from '../database/connect.js';
import type { Drops } from '../log/drops.js';
import type { LogStore } from '../log/ensure-log.js';
import type { EventSource, Log } from '../log/event-source.js';
import { placeOf } from '../projection/fold-events.js';
import type { Projection } from '../projection/projection.js';
import { Refusal } from '../projection/refusals.js';
import { makeFirstBuild } from '../rebuild/first-build.js';
import type { Politeness } from '../rebuild/politeness.js';
import { openBell } from '../waiting/bell.js';
import { persistently } from '../waiting/persistently.js';
import { type BuildStatus, noBuild } from './build-status.js';
import type { CommitGroup } from './commit-group.js';
import type { Feed } from './feed.js';
import { followBuild, type Followance } from './follow-build.js';
import { asWriter, type WriterSession } from './writer-session.js';

/** What all builds of a process share. */
export interface Engine {
  readonly databaseUrl: string;
  readonly source: EventSource & LogStore;
  readonly logId: string;
  readonly feed: Feed;
  readonly group: CommitGroup;
  /** Of those who fill builds beside those that follow the log. */
  readonly politeness: Politeness;
  readonly drops: Drops;
  readonly release: string;
  readonly log: Log;
  readonly onCommitted?: OnCommitted | undefined;
}

/** Told after each commit of a build that follows the log: how many events, and how long it took. */
export type OnCommitted = (projection: string, events: number, seconds: number) => void;

/** A build that this process keeps up to date, or waits to. */
export interface KeptBuild {
  readonly build: Build;
  readonly status: () => BuildStatus;
  /** Has parked streams tried again that somebody asked for. */
  readonly poke: () => void;
  readonly stop: () => Promise<void>;
}

/** Keeps one build until stopped, healing by itself whatever goes away and comes back. */
export function keepBuild(engine: Engine, projection: Projection, build: Build): KeptBuild {
  const stop = new AbortController();
  const pokes = openBell();
  let status = noBuild(projection, { build: build.build });
  const note = (change: Partial<BuildStatus>) => void (status = { ...status, ...change });
  const keep = (session: WriterSession) =>
    keepInSession(session, { engine, projection, build, pokes, note, was: () => status });

  const running = persistently(
    async (healthy) => {
      try {
        await asWriter(engine.databaseUrl, build, stop.signal, (session) => {
          healthy();
          return keep(session);
        });
        return 'again';
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        note({ activity: 'stopped', reason: error.message });
        engine.log.error({ projection: build.projection, build: build.build, err: error }, error.message);
        return 'done';
      }
    },
    {
      firstPauseMs: 100,
      longestPauseMs: 5_000,
      signal: stop.signal,
      onFailure: (error) => {
        const reason = error instanceof Error ? error.message : String(error);
        note({ activity: 'waiting', reason });
        engine.log.warn(
          { err: error, projection: build.projection, build: build.build },
          `${build.projection} is interrupted and goes on by itself: ${reason}`,
        );
      },
    },
  );
  return {
    build,
    status: () => status,
    poke: () => pokes.ring(),
    stop: async () => {
      stop.abort();
      await running;
    },
  };
}

interface Keeping {
  readonly engine: Engine;
  readonly projection: Projection;
  readonly build: Build;
  readonly pokes: ReturnType<typeof openBell>;
  readonly note: (change: Partial<BuildStatus>) => void;
  readonly was: () => BuildStatus;
}

async function keepInSession(session: WriterSession, keeping: Keeping): Promise<void> {
  const { engine, projection, build, pokes, note } = keeping;
  const state = await inTransaction(session.client, 'stemma_writer', () => readState(session.client, build));
  note({ activity: state === 'building' ? 'building' : 'catching-up', reason: null });
  if (state === 'building') {
    const onPage = (position: bigint, events: number) =>
      note({ position, events: keeping.was().events + events });
    await makeFirstBuild(session, { ...engine, projection, build, onPage });
  }
  const onProgress = (progress: Followance) => {
    noteProgress(keeping, progress);
    const { committed, tookMs } = progress;
    if (committed && tookMs !== undefined)
      engine.onCommitted?.(build.projection, committed.events, tookMs / 1_000);
  };
  await followBuild(session, { ...engine, projection, build, pokes, onProgress });
}

function noteProgress(
  { engine, build, note, was }: Keeping,
  { checkpoint, committed, parked, caughtUp }: Followance,
): void {
  const { events, transactions, activity } = was();
  note({
    position: checkpoint.considered?.position ?? null,
    events: events + (committed?.events ?? 0),
    transactions: transactions + (committed ? 1 : 0),
    activity: caughtUp ? 'live' : activity === 'live' ? 'live' : 'catching-up',
    parked,
    reason: null,
  });
  for (const { event, category, error } of committed?.parked ?? []) {
    engine.log.error(
      { projection: build.projection, build: build.build, stream: event.stream, category },
      `${build.projection} cannot apply ${event.type}, ${placeOf(event)}: ${error}. The stream is parked: ` +
        `look at \`stemma projections parked show\`, then retry or drop it.`,
    );
  }
}
