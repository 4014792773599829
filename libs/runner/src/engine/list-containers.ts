import type Docker from 'dockerode';
import type { RunContainer } from '../runner.js';
import { installFilter, workerOf } from '../sandbox/container-labels.js';
import { attemptOf } from '../sandbox/container-name.js';
import { toEngineFault } from './engine-fault.js';
import { removeContainer } from './sandbox-container.js';

/** All containers of an installation, in all states: one that was made but never started counts, too (HAZARDS D1). */
export async function listContainers(docker: Docker, installId: string): Promise<readonly RunContainer[]> {
  const found = await docker
    .listContainers({ all: true, filters: installFilter(installId) })
    .catch((error: unknown) => {
      throw toEngineFault('list', error);
    });
  return found.map((info) => {
    const run = attemptOf(info.Names[0] ?? '');
    return {
      id: info.Id,
      workerId: workerOf(info.Labels),
      state: info.State as RunContainer['state'],
      createdAt: info.Created * 1000,
      ...(run === null ? {} : { run }),
    };
  });
}

export async function removeContainerById(docker: Docker, id: string): Promise<void> {
  await removeContainer(docker.getContainer(id));
}
