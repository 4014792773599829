import type Docker from 'dockerode';
import { RunnerFault } from '../runner-fault.js';
import { checkEngine } from './check-engine.js';

/**
 * Asks the engine once whether it can hold a script, and again only after it could not: an unfit one is never given one.
 * Rejects with a `RunnerFault` (`engine-unfit`) that names all it lacks.
 */
export function requireFitEngine(docker: Docker, engineRuntime: string | undefined): () => Promise<void> {
  let known: Promise<void> | undefined;
  const ask = async (): Promise<void> => {
    const { faults } = await checkEngine(docker, engineRuntime);
    if (faults.length === 0) return;
    throw new RunnerFault('engine-unfit', `This engine cannot hold a script: ${faults.join(' ')}`);
  };
  return () => {
    known ??= ask();
    known.catch(() => (known = undefined));
    return known;
  };
}
