import {
  type CommandShell,
  type Keyring,
  openingSecrets,
  type openTenants,
  rememberContents,
} from '@stemma/commands';
import type { CommandBus } from '@nestjs/cqrs';
import type { TenantBlobs } from '@stemma/blob-store';
import type { EventStore, RecordedEvent } from '@stemma/event-store';
import type { Logger, Metrics } from '@stemma/observability';
import {
  connectRedis,
  dropReport,
  openRunConsumer,
  openRunProducer,
  publishLines,
  publishNews,
  type Presence,
  readPresence,
  hearCalls,
  sayGone,
  unsafeMemoryPolicy,
} from '@stemma/queue';
import type { Runner } from '@stemma/runner';
import { openActiveRuns } from './active-runs.js';
import { openAdmission } from './admission.js';
import { openAlarms } from './alarms.js';
import { beat } from './beat.js';
import { openCompany } from './company.js';
import { dispatchRuns } from './dispatch-runs.js';
import { type ExecuteParts, executeRun, type Foreseen } from './execute-run.js';
import { openHands } from './hands.js';
import type { HeardStates } from './heard-states.js';
import type { UnfinishedRun } from '@stemma/projections/runs';
import { openLookAhead } from './look-ahead.js';
import { reconcileRuns } from './reconcile-runs.js';
import { repeat } from './repeat.js';
import { openTidying, type TidyParts } from './tidy-contents.js';
import { watchSilence } from './silence.js';
import { watchWorker } from './watch-worker.js';
import { workerCommands } from './worker-commands.js';
import { whenConnected } from './when-connected.js';
import type { WorkerIdentity } from './worker-identity.js';

export interface WorkerOptions {
  readonly identity: WorkerIdentity;
  readonly bus: CommandBus;
  /** What commands are decided with: what was read for a look is not read again for the decision. */
  readonly shell: Pick<CommandShell, 'run' | 'script' | 'termsOf'>;
  /** What `termsOf` loads, and whom it asks. */
  readonly tenants: ReturnType<typeof openTenants>;
  readonly heard: HeardStates;
  readonly store: EventStore;
  readonly runner: Runner;
  readonly blobs: TenantBlobs;
  /** What secrets are sealed with. */
  readonly keyring: Keyring;
  readonly redisUrl: string;
  readonly listUnfinished: () => AsyncIterable<UnfinishedRun>;
  /** Runs at the same time in this process. */
  readonly concurrency: number;
  /** Runs of one tenant in the queue at the same time. */
  readonly perTenant: number;
  /** Attempts that may be lost with their workers before the run ends as lost. */
  readonly maxAttempts: number;
  readonly reconcileMs: number;
  readonly sweepMs: number;
  readonly listPruned: TidyParts['listPruned'];
  readonly listPolicies: TidyParts['listPolicies'];
  readonly log: Logger;
  /** What the process tells at /metrics. */
  readonly metrics: Metrics;
}

export interface RunningWorker {
  /** Takes no more runs; those in hand are lost with this worker, and the next one starts them anew. */
  stop(): Promise<void>;
}

/** A tenant whose first run finds all places taken by another's has this one: the other may not take it. */
const SPARE = 1;
const BEAT_MS = 5_000;
/** Redis is transport: a worker that has waited so long for it begins without. */
const REDIS_WITHIN_MS = 3_000;

/** Follows the log, executes what the queue hands over, and puts back what was lost. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { identity, log, redisUrl } = options;
  const onFault = quietly(log);
  const redis = connectRedis({ url: redisUrl, onFault });
  const producer = openRunProducer({ url: redisUrl, onFault });
  const active = openActiveRuns();
  const admission = openAdmission(options.perTenant);
  watchWorker({ ...options, active, admission });
  const commands = workerCommands(options.bus, identity.id);
  const stopping = new AbortController();
  const shared = { ...options, active, admission, commands, producer };

  const parts = { ...shared, ...reading(options), ...telling(redis) };
  const silence = watchSilence();
  const company = openCompany(identity, silence);
  const hands = openHands((job) => executeRun(parts, job));
  const presence = (): Promise<Presence> => readPresence(redis, Date.now());
  const reconciling = { ...shared, silence, readPresence: presence, clock: () => Date.now() };

  await whenConnected(redis, REDIS_WITHIN_MS);
  const beating = repeat(() => beat(redis, { ...reconciling, company }), { everyMs: BEAT_MS, onFault });
  const retries = openAlarms(options.reconcileMs * 2);
  const mayBegin = (): boolean => company.isAlone() && hands.size < options.concurrency;
  const begun = { hands, mayBegin, onFault, workerId: identity.id };
  const dispatched = { ...parts, ...begun, later: retries.after, follow: following(options) };
  const dispatching = dispatchRuns(dispatched, stopping.signal);
  const passes = repeat(() => reconcileRuns(reconciling), { everyMs: options.reconcileMs, onFault });
  const tidy = openTidying({ ...parts, scripts: options.shell.script, clock: () => new Date() });
  const tidying = repeat(tidy, { everyMs: options.sweepMs, onFault });
  const calls = connectRedis({ url: redisUrl, onFault });
  hearCalls(calls, () => passes.now(), onFault);
  const consumer = openRunConsumer({
    url: redisUrl,
    onFault,
    workerId: identity.id,
    concurrency: options.concurrency + SPARE,
    process: hands.take,
  });
  await warnOfEviction(redis, log);

  return {
    async stop() {
      stopping.abort();
      retries.close();
      await passes.stop();
      await tidying.stop();
      await options.runner.close();
      await consumer.close();
      await dispatching.catch(onFault);
      await hands.empty();
      await beating.stop();
      await leave(redis, identity.id).catch(onFault);
      calls.disconnect();
      await producer.close();
      redis.disconnect();
    },
  };
}

/** What is known of a run before it enters its container. */
const reading = ({ shell, heard, store, keyring }: WorkerOptions) => ({
  runs: shell.run,
  scripts: { load: (stream: string) => heard.load(shell.script, stream) },
  tenants: shell.termsOf,
  contents: rememberContents(store),
  ahead: openLookAhead<Foreseen>(),
  openSecrets: openingSecrets({ store, keyring }),
});

const following =
  ({ heard, shell, tenants }: WorkerOptions) =>
  (event: RecordedEvent): Promise<void> =>
    heard.take(event.stream.startsWith('script-') ? shell.script : tenants, event);

/** What a worker that goes takes back of what it said. */
async function leave(redis: ReturnType<typeof connectRedis>, workerId: string): Promise<void> {
  await sayGone(redis, workerId);
  await dropReport(redis, workerId);
}

/** How followers learn of lines and of turns. */
const telling = (redis: ReturnType<typeof connectRedis>): Pick<ExecuteParts, 'show' | 'showMoved'> => ({
  show: ({ runId, attempt }, lines) => publishLines(redis, runId, attempt, lines),
  showMoved: ({ runId }) => publishNews(redis, runId),
});

/** Faults of transports heal by themselves: one line each kind and minute is enough. */
function quietly(log: Logger): (error: unknown) => void {
  const said = new Map<string, number>();
  return (error) => {
    const message = error instanceof Error ? error.message : String(error);
    if (Date.now() - (said.get(message) ?? 0) < 60_000) return;
    if (said.size > 100) said.clear();
    said.set(message, Date.now());
    log.warn({ err: error }, 'a fault that heals by itself; runs wait in the log meanwhile');
  };
}

/** HAZARDS Q6: such a Redis loses jobs under pressure. The reconciler finds them, but late. */
async function warnOfEviction(redis: Parameters<typeof unsafeMemoryPolicy>[0], log: Logger): Promise<void> {
  const policy = await unsafeMemoryPolicy(redis).catch(() => null);
  if (policy === null) return;
  log.error({ policy }, "Redis may throw jobs away: set it to 'maxmemory-policy noeviction'");
}
