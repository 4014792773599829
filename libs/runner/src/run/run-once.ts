import type { RunOutcome } from '../run-outcome.js';
import { RunnerFault } from '../runner-fault.js';
import type { RunSpec } from '../run-spec.js';
import type { RunHooks, Sandbox } from '../runner.js';
import { requireServing } from '../engine/require-serving.js';
import { acquireContainer } from './acquire-container.js';
import type { Acquired, Surroundings } from './acquire-container.js';
import { checkSpec } from './check-spec.js';
import { runScript } from './run-script.js';
import { encodeRun } from './send-run.js';

/** One attempt, from the check of what is asked to the removal of its container. */
export async function runOnce(
  surroundings: Surroundings,
  spec: RunSpec,
  hooks: RunHooks,
  sandbox: Sandbox,
): Promise<RunOutcome> {
  checkSpec(spec);
  const frame = encodeRun(spec);
  const acquired = await acquireContainer(surroundings, spec, sandbox, hooks.signal);
  if (acquired === null) return cancelledEarly(sandbox, { createMs: 0, startMs: 0 });
  const { container, durations, name, warm, isWell } = acquired;
  try {
    await hooks.onStarted({ ...sandbox, containerId: container.id, warm });
    const secrets = await hooks.openSecrets?.();
    if (hooks.signal.aborted) return cancelledEarly(sandbox, durations);
    if (!(await isWell)) throw silent();
    const { judgement, end, artifacts, variables, runMs } = await runScript(
      container,
      spec,
      { frame: secrets ? encodeRun(spec, secrets) : frame, name, secrets: secrets ?? {} },
      hooks,
    );
    if (judgement.reason === 'exit-code') await requireServing(surroundings.anew, end.exitCode);
    const { exitCode, oomKilled } = end;
    const { imageDigest, profile } = sandbox;
    return {
      ...judgement,
      exitCode,
      oomKilled,
      artifacts,
      variables,
      durations: { ...durations, runMs },
      imageDigest,
      profile,
    };
  } finally {
    // The outcome counts even when the engine goes away now; what it leaves is the reconciler's to remove.
    await container.remove().catch(() => undefined);
  }
}

const silent = (): RunnerFault =>
  new RunnerFault('container-lost', 'The container that waited for the run answers no longer.');

/** Cancelled before the script entered. */
function cancelledEarly({ imageDigest, profile }: Sandbox, durations: Acquired['durations']): RunOutcome {
  return {
    ...{ status: 'cancelled', reason: 'requested' },
    ...{ exitCode: null, oomKilled: false, output: null, error: null, artifacts: [], variables: [] },
    durations: { ...durations, runMs: 0 },
    imageDigest,
    profile,
  };
}
