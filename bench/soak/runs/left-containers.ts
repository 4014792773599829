import type Docker from 'dockerode';
import { setTimeout as pause } from 'node:timers/promises';

/** As the worker names the container of an attempt: `stemma-<run>-<attempt>`. */
const OF_A_RUN = '^/stemma-[0-9a-f-]{36}-\\d+$';

/**
 * Containers that bear the name of a run, running or not, each as a fault. Those that go away within `patienceMs` are
 * none: the last worker may still be looking around.
 */
export async function leftContainers(docker: Docker, patienceMs: number): Promise<readonly string[]> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const found = await docker.listContainers({ all: true, filters: { name: [OF_A_RUN] } });
    if (found.length === 0 || performance.now() > deadline)
      return found.map(({ Names }) => `container ${Names.join()} is left`);
    await pause(200);
  }
}
