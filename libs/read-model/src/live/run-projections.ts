import { setTimeout as pause } from 'node:timers/promises';
import { type Build, ensureBuilds } from '../database/builds.js';
import type { Checkpoint } from '../database/checkpoint.js';
import { withClient } from '../database/connect.js';
import { migrate } from '../database/migrate.js';
import { ensureLog, type LogStore } from '../log/ensure-log.js';
import type { EventSource, Log } from '../log/event-source.js';
import type { Projection } from '../projection/projection.js';
import { followLog } from './follow-log.js';
import { Refusal } from '../projection/refusals.js';
import { asWriter } from './writer-session.js';

export interface ProjectorOptions {
  readonly databaseUrl: string;
  readonly projections: readonly Projection[];
  readonly source: EventSource & LogStore;
  /** The release of this process, for the first event of a new log. */
  readonly release: string;
  readonly log: Log;
}

/** `waiting`: for Postgres, the log, or another projector's lock. `stopped`: somebody must act, see `reason`. */
export type Activity = 'waiting' | 'catching-up' | 'live' | 'stopped';

export interface ProjectionStatus {
  readonly projection: string;
  readonly version: number;
  readonly build: number | null;
  readonly activity: Activity;
  readonly position: bigint | null;
  /** Considered, and committed in so many transactions, since this process started. */
  readonly events: number;
  readonly transactions: number;
  readonly reason: string | null;
}

export interface RunningProjections {
  readonly status: () => readonly ProjectionStatus[];
  /** Finishes the commits under way and gives the locks back. */
  stop(): Promise<void>;
}

/** Runs every projection until stopped, healing by itself whatever goes away and comes back. */
export function runProjections(options: ProjectorOptions): RunningProjections {
  const stop = new AbortController();
  const states = new Map<Projection, ProjectionStatus>(
    options.projections.map((projection) => [projection, idle(projection)]),
  );
  const runs = options.projections.map((projection) => {
    const note: Note = (change) => {
      const before = states.get(projection) ?? idle(projection);
      states.set(projection, { ...before, ...(typeof change === 'function' ? change(before) : change) });
    };
    return keepRunning({ ...options, projection, note, signal: stop.signal });
  });
  return {
    status: () => [...states.values()],
    stop: async () => {
      stop.abort();
      await Promise.all(runs);
    },
  };
}

const idle = ({ name, version }: Projection): ProjectionStatus => ({
  projection: name,
  version,
  build: null,
  activity: 'waiting',
  position: null,
  events: 0,
  transactions: 0,
  reason: null,
});

type Change = Partial<ProjectionStatus>;
type Note = (change: Change | ((before: ProjectionStatus) => Change)) => void;

interface Run extends ProjectorOptions {
  readonly projection: Projection;
  readonly note: Note;
  readonly signal: AbortSignal;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

async function keepRunning(run: Run): Promise<void> {
  const { projection, note, log, signal } = run;
  let wait = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    const failure = await runOnce(run, () => (wait = FIRST_PAUSE_MS));
    if (signal.aborted || failure === undefined) return;
    const reason = failure.message;
    if (failure instanceof Refusal) {
      note({ activity: 'stopped', reason });
      log.error({ projection: projection.name, err: failure }, reason);
      return;
    }
    note({ activity: 'waiting', reason });
    log.warn(
      { projection: projection.name, err: failure },
      `${projection.name} is interrupted and tries again`,
    );
    await pause(wait, undefined, { signal }).catch(() => undefined);
    wait = Math.min(wait * 2, LONGEST_PAUSE_MS);
  }
}

/** What ended the run; undefined when it was asked to stop. */
async function runOnce(run: Run, healthy: () => void): Promise<Error | undefined> {
  const { databaseUrl, projection, source, signal, note } = run;
  try {
    const logId = await ensureLog(source, run.release);
    const builds = await withClient(databaseUrl, 'stemma-projector', async (client) => {
      await migrate(client);
      return ensureBuilds(client, projection, logId);
    });
    const build = serving(builds);
    await asWriter(databaseUrl, build, signal, async (session) => {
      const onProgress = (checkpoint: Checkpoint, events: number, caughtUp: boolean) => {
        healthy();
        progress(run, build, checkpoint, events, caughtUp);
      };
      await followLog(session, { projection, build, source, logId, onProgress });
    });
    return undefined;
  } catch (error) {
    note({ build: null });
    return error instanceof Error ? error : new Error('an unknown failure', { cause: error });
  }
}

function serving(builds: readonly Build[]): Build {
  const build = builds.find(({ state }) => state === 'live') ?? builds[0];
  if (!build) throw new Error('a projection without a build');
  return build;
}

function progress(
  { note }: Run,
  build: Build,
  { considered }: Checkpoint,
  events: number,
  caughtUp: boolean,
): void {
  note((before) => ({
    build: build.build,
    position: considered?.position ?? null,
    events: before.events + events,
    transactions: before.transactions + Math.min(events, 1),
    reason: null,
    ...(caughtUp ? { activity: 'live' } : {}),
  }));
}
