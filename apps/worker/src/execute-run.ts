import { type BlobStore, type TenantBlobs } from '@stemma/blob-store';
import {
  type Content,
  type ContentsOf,
  type OpenSecrets,
  outcomeWithoutResult,
  type Run,
  type RunCommand,
  type RunState,
  type ScriptCommand,
  type ScriptState,
  SecretUnusable,
  streamName,
  type TermsOf,
} from '@stemma/commands';
import type { RunOutcome } from '@stemma/domain/events';
import type { Aggregate, RecordedEvent } from '@stemma/event-store';
import type { Logger } from '@stemma/observability';
import type { RunJob } from '@stemma/queue';
import { defaultLimits, type RunHooks, type Runner, RunnerFault } from '@stemma/runner';
import type { ActiveRuns } from './active-runs.js';
import type { LookAhead } from './look-ahead.js';
import { openRunLog, type NumberedEntry } from './run-log.js';
import { artifactSink, readInput, runSpec, storeOutcome } from './run-bytes.js';
import type { WorkerCommands } from './worker-commands.js';

export interface ExecuteParts {
  readonly runs: Aggregate<RunState, RunCommand>;
  readonly scripts: Pick<Aggregate<ScriptState, ScriptCommand>, 'load'>;
  readonly tenants: TermsOf;
  readonly contents: ContentsOf;
  readonly ahead: LookAhead<Foreseen>;
  readonly commands: WorkerCommands;
  readonly runner: Runner;
  readonly blobs: TenantBlobs;
  readonly openSecrets: OpenSecrets;
  readonly active: ActiveRuns;
  readonly show: (run: RunJob, entries: readonly NumberedEntry[]) => Promise<void>;
  /** Tells followers that the run ended, or that this attempt did. */
  readonly showMoved: (run: RunJob) => Promise<void>;
  readonly log: Logger;
}

/** Clocks of workers differ a little. */
const EARLY_MS = 500;

/** The attempt was not ours to start: its container is gone again, and nobody else is in its way. */
class NotOurs extends Error {}

/** Nobody asked for the run to end: the worker does. Its next attempt is another worker's. */
class StoppedWithWorker extends Error {
  override readonly message = 'this worker stops; the run goes on with another one';
}

/**
 * Executes one attempt, if the log still wants it. Whatever is thrown leaves the run to the reconciler; whatever is
 * reported counts only if this attempt is still the current one.
 */
export async function executeRun(parts: ExecuteParts, job: RunJob): Promise<void> {
  const ahead = await parts.ahead.take(job.runId);
  const { state } = ahead ?? (await parts.runs.load(streamName('run', job.tenantId, job.runId)));
  if (!isDue(state, job.attempt, Date.now())) return;
  const turn = parts.active.begin(job.runId, job.attempt);
  try {
    const blobs = await parts.blobs(job.tenantId);
    const ready = ahead?.ready ?? (await prepareRun(parts, job.tenantId, state.request));
    if ('refusal' in ready) await parts.commands.complete(job, { attempt: state.attempt, ...ready.refusal });
    else await runAttempt(parts, job, { ...ready, blobs, run: state, signal: turn.signal });
  } finally {
    turn.end();
    await parts.showMoved(job).catch(() => undefined);
  }
}

/** A retry that comes before its time is left to whoever asks again when it is due. */
function isDue(state: RunState, attempt: number, now: number): state is Run {
  if (state.status === 'none' || state.status === 'finished' || attempt !== state.attempt + 1) return false;
  const { pause } = state;
  return pause === null || Date.parse(pause.from) + pause.ms <= now + EARLY_MS;
}

interface Ready {
  readonly content: Content;
  readonly input: unknown;
}

/** What a run needs to begin, or why it cannot. */
type Prepared = Ready | { readonly refusal: RunOutcome };

/** The script is looked at again: much may have happened since the run was asked for. */
async function prepareRun(
  parts: Pick<ExecuteParts, 'scripts' | 'tenants' | 'contents' | 'blobs'>,
  tenantId: string,
  request: Run['request'],
): Promise<Prepared> {
  const { scriptId, contentHash, number, context, slug } = request;
  const loading = parts.scripts.load(streamName('script', tenantId, scriptId));
  const [{ suspended }, script, content, input] = await Promise.all([
    parts.tenants(tenantId),
    loading,
    parts.contents({ tenantId, scriptId, contentHash }, number, loading),
    parts.blobs(tenantId).then((blobs) => readInput(blobs, request)),
  ]);
  if (suspended)
    return refused('cancelled', 'tenant-suspended', 'The tenant was suspended before the run began.');
  if (context === 'production' && script.state.exists && !script.state.enabled)
    return refused('cancelled', 'script-disabled', `${slug} was disabled before the run began.`);
  if (!content) return refused('failed', 'content-pruned', 'The content was pruned before the run began.');
  if (!input) return refused('failed', 'input-gone', 'The input or one of its files is gone. Run it again.');
  return { content, input: input.value };
}

/** A run that has just been asked for, and what it needs. Whether it may still begin is decided when it does. */
export interface Foreseen {
  readonly state: RunState;
  readonly ready: Prepared;
}

export interface Requested {
  readonly tenantId: string;
  readonly request: Run['request'];
  /** The one that said so. */
  readonly event: RecordedEvent;
}

/** Looks for what a run will need before it begins. Whether a container that was started ahead waits for it. */
export function lookAhead(parts: ExecuteParts, { tenantId, request, event }: Requested): boolean {
  const { runtime, limits } = request;
  const isAwaited = parts.runner.expect({ runtime, limits: { ...defaultLimits, ...limits } });
  parts.ahead.begin(request.runId, async () => {
    const [met, ready] = await Promise.all([parts.runs.meet(event), prepareRun(parts, tenantId, request)]);
    return { state: (met ?? (await parts.runs.load(event.stream))).state, ready };
  });
  return isAwaited;
}

const refused = (...why: Parameters<typeof outcomeWithoutResult>): { readonly refusal: RunOutcome } => ({
  refusal: outcomeWithoutResult(...why),
});

interface Attempt extends Ready {
  readonly run: Run;
  readonly blobs: BlobStore;
  readonly signal: AbortSignal;
}

async function runAttempt(
  parts: ExecuteParts,
  job: RunJob,
  { run, content, input, blobs, signal }: Attempt,
): Promise<void> {
  const { commands, runner } = parts;
  const runLog = openRunLog((entries) => parts.show(job, entries));
  const spec = runSpec(job, run.request, content, input, blobs);
  const limits = { ...spec.limits };
  try {
    const outcome = await runner.run(spec, {
      signal,
      sink: artifactSink(blobs),
      onLog: (entry) => runLog.add(entry),
      onStarted: async ({ imageDigest, profile, warm }) => {
        if (!(await commands.start(job, { attempt: job.attempt, imageDigest, profile, limits, warm })))
          throw new NotOurs();
      },
      ...secretsFor(parts, job, run, content),
    });
    if (outcome.status === 'cancelled' && !signal.aborted) throw new StoppedWithWorker();
    await commands.complete(job, { attempt: job.attempt, ...(await storeOutcome(blobs, outcome, runLog)) });
  } catch (error) {
    if (error instanceof NotOurs) return;
    if (error instanceof SecretUnusable) {
      const unusable = outcomeWithoutResult('failed', 'secret-unusable', error.message);
      return void (await commands.complete(job, { attempt: job.attempt, ...unusable }));
    }
    if (!isHopeless(error)) throw error;
    const refused = outcomeWithoutResult('failed', 'runner-refused', error.message);
    await commands.complete(job, { attempt: run.attempt, ...refused });
  } finally {
    await runLog.close();
  }
}

/** What the version names, as it is at the last moment; nothing to be asked for when it names none. */
function secretsFor(
  { openSecrets }: ExecuteParts,
  { tenantId }: RunJob,
  { request: { context } }: Run,
  { settings }: Content,
): Pick<RunHooks, 'openSecrets'> {
  const names = settings?.secrets ?? [];
  return names.length === 0 ? {} : { openSecrets: () => openSecrets({ tenantId, names, context }) };
}

/** Trying again would end in the same way. */
const isHopeless = (error: unknown): error is RunnerFault =>
  error instanceof RunnerFault && (error.code === 'spec-refused' || error.code === 'image-unavailable');
