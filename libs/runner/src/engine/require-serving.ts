import type Docker from 'dockerode';
import { toEngineFault } from './engine-fault.js';

/** As a shell tells the signals that an engine ends its containers with: SIGKILL, SIGTERM. */
const KILLED_BY_ENGINE: readonly number[] = [137, 143];

/**
 * An engine that is asked to stop ends its containers, tells how they ended to whom it knows, and takes nobody new. Such
 * an end is not the script's doing, though it looks as if (HAZARDS D9). `anew` makes a connection for each call.
 *
 * @throws RunnerFault `engine-unreachable` when the engine may be what ended a container with this exit code
 */
export async function requireServing(anew: Docker, exitCode: number): Promise<void> {
  if (!KILLED_BY_ENGINE.includes(exitCode)) return;
  await anew.ping().catch((error: unknown) => {
    throw toEngineFault('it stops its containers', error);
  });
}
