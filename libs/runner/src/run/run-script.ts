import type { ContainerEnd, SandboxContainer } from '../engine/sandbox-container.js';
import type { Received } from '../engine/channel.js';
import { Breach } from '../protocol/breach.js';
import { createConversation, runFrameCaps } from '../protocol/conversation.js';
import type { Conversation, Report } from '../protocol/conversation.js';
import type { Artifact, RunVariable } from '../run-outcome.js';
import type { RunSpec, Secrets } from '../run-spec.js';
import { RunnerFault } from '../runner-fault.js';
import type { RunHooks } from '../runner.js';
import { createDelivery } from './deliver-reports.js';
import type { Delivery } from './deliver-reports.js';
import { judgeRun } from './judge-run.js';
import type { Judgement } from './judge-run.js';
import { sendRun } from './send-run.js';
import { createStopper } from './stop-container.js';
import type { Stopper } from './stop-container.js';

export interface Entry {
  /** The encoded `run` frame. */
  readonly frame: Buffer;
  /** Gives the container the name of its attempt. */
  readonly name: () => Promise<void>;
  /** Those in the frame. */
  readonly secrets: Secrets;
}

export interface ScriptEnd {
  readonly judgement: Judgement;
  readonly end: ContainerEnd;
  readonly artifacts: readonly Artifact[];
  readonly variables: readonly RunVariable[];
  readonly runMs: number;
}

/**
 * Lets a script into a container that is ready, follows it to its end and judges. The container has ended when this
 * settles, but is not removed. Rejects with what was not the script's doing.
 */
export async function runScript(
  container: SandboxContainer,
  spec: RunSpec,
  entry: Entry,
  hooks: RunHooks,
): Promise<ScriptEnd> {
  const stopper = createStopper(container);
  const delivery = createDelivery(hooks);
  const cancel = (): void => stopper.cancel();
  const startedAt = performance.now();
  const timer = setTimeout(() => stopper.timeOut(), spec.limits.timeoutMs);
  hooks.signal.addEventListener('abort', cancel, { once: true });
  if (hooks.signal.aborted) cancel();
  try {
    await converse(container, spec, entry, { stopper, delivery });
    const end = await container.waitForEnd();
    const runMs = performance.now() - startedAt;
    return { ...(await conclude(end, spec, stopper, delivery)), runMs };
  } finally {
    clearTimeout(timer);
    hooks.signal.removeEventListener('abort', cancel);
    stopper.settle();
    await delivery.finish();
  }
}

interface Ends {
  readonly stopper: Stopper;
  readonly delivery: Delivery;
}

/** Sends and reads at the same time: a script may speak before it has taken all its files. */
async function converse(
  container: SandboxContainer,
  spec: RunSpec,
  { frame, name, secrets }: Entry,
  ends: Ends,
): Promise<void> {
  const { channel } = container;
  channel.allow(runFrameCaps(spec.limits));
  void sendRun(channel, frame, spec.files).catch((error: unknown) => ends.stopper.fault(error));
  const naming = soon(() => name().catch((error: unknown) => ends.stopper.fault(error)));
  const conversation = createConversation({ ...spec, secrets });
  for (let batch = await channel.next(); batch !== null; batch = await channel.next()) {
    await follow(() => reportsOf(conversation, batch), ends);
    void naming.now();
  }
  await follow(() => conversation.end(), ends);
  // The engine does not remove what it is still giving a name.
  await naming.now();
}

const NAMED_WITHIN_MS = 20;

/** A name costs the engine as much as bringing the script and its first words, which go first. */
function soon(work: () => Promise<void>): { readonly now: () => Promise<void> } {
  let done: Promise<void> | undefined;
  const now = (): Promise<void> => {
    clearTimeout(timer);
    return (done ??= work());
  };
  const timer = setTimeout(() => void now(), NAMED_WITHIN_MS);
  return { now };
}

function* reportsOf(conversation: Conversation, batch: Iterable<Received>): Iterable<Report> {
  for (const received of batch) {
    yield* received.kind === 'frame'
      ? conversation.accept(received.frame)
      : conversation.printed(received.bytes);
  }
}

/** After a broken rule or a failed sink the rest is read, so that the container can end, and thrown away. */
async function follow(read: () => Iterable<Report>, { stopper, delivery }: Ends): Promise<void> {
  const { breach, faults } = stopper.causes();
  if (breach !== null || faults.length > 0) return;
  try {
    for (const report of read()) {
      await delivery.deliver(report).catch((error: unknown) => {
        throw sinkFailed(error);
      });
      if (report.kind === 'result' || report.kind === 'failure') stopper.expectEnd();
    }
  } catch (error) {
    if (error instanceof Breach) stopper.breach(error);
    else stopper.fault(error);
  }
}

function sinkFailed(error: unknown): RunnerFault {
  const said = error instanceof Error ? error.message : String(error);
  return new RunnerFault('sink-failed', `What the run wrote could not be stored: ${said}`, { cause: error });
}

async function conclude(
  end: ContainerEnd | null,
  { limits }: RunSpec,
  stopper: Stopper,
  delivery: Delivery,
): Promise<Omit<ScriptEnd, 'runMs'>> {
  const { faults, ...causes } = stopper.causes();
  if (faults.length > 0) throw faults[0];
  if (end === null && !causes.cancelled) {
    throw new RunnerFault('container-lost', 'The container was removed by somebody while its script ran.');
  }
  const known = end ?? { exitCode: 137, oomKilled: false };
  const delivered = await delivery.finish();
  const judgement = judgeRun({ ...causes, ...delivered, end: known, limits });
  const { artifacts, variables } = delivered;
  return { judgement, end: known, artifacts, variables };
}
