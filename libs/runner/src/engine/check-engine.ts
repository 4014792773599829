import type Docker from 'dockerode';
import type { EngineCheck } from '../runner.js';
import { toEngineFault } from './engine-fault.js';

/** What we read of the engine's `GET /info`; fields that an engine leaves out count as missing. */
export interface EngineFacts {
  readonly OSType?: string;
  readonly ServerVersion?: string;
  readonly CgroupVersion?: string;
  readonly SecurityOptions?: readonly string[] | null;
  readonly InitBinary?: string;
  readonly MemoryLimit?: boolean;
  readonly SwapLimit?: boolean;
  readonly PidsLimit?: boolean;
  readonly CpuCfsQuota?: boolean;
  readonly Runtimes?: Readonly<Record<string, unknown>> | null;
}

/**
 * What an engine lacks. Without seccomp, memory or process limits, or a reaper a script could hurt its neighbours:
 * such an engine is refused. The rest weakens a limit and is said.
 */
export function judgeEngine(facts: EngineFacts, engineRuntime: string | undefined): EngineCheck {
  const lacks = (there: boolean | undefined, what: string): readonly string[] =>
    there === true ? [] : [what];
  const hasSeccomp = facts.SecurityOptions?.some((option) => /name=seccomp/.test(option));
  const knowsRuntime = engineRuntime === undefined || Object.hasOwn(facts.Runtimes ?? {}, engineRuntime);
  return {
    version: facts.ServerVersion ?? 'unknown',
    faults: [
      ...lacks(facts.OSType === 'linux', 'It does not run Linux containers.'),
      ...lacks(hasSeccomp, 'It has no seccomp: rebuild the kernel or the engine with it.'),
      ...lacks(facts.MemoryLimit, 'It cannot limit memory: enable the memory cgroup (cgroup_enable=memory).'),
      ...lacks(facts.PidsLimit, 'It cannot limit processes: enable the pids cgroup.'),
      ...lacks((facts.InitBinary ?? '') !== '', 'It has no init for containers: install docker-init (tini).'),
      ...lacks(knowsRuntime, `It does not know the runtime "${engineRuntime}": add it to its daemon.json.`),
    ],
    warnings: [
      ...lacks(facts.SwapLimit, 'It cannot limit swap: a run may swap (swapaccount=1).'),
      ...lacks(facts.CpuCfsQuota, 'It cannot limit processor time: a run may take all of it.'),
    ],
  };
}

export async function checkEngine(docker: Docker, engineRuntime: string | undefined): Promise<EngineCheck> {
  const facts = (await docker.info().catch((error: unknown) => {
    throw toEngineFault('info', error);
  })) as EngineFacts;
  return judgeEngine(facts, engineRuntime);
}
