import Docker from 'dockerode';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

export interface Engine {
  readonly docker: Docker;
  /** The runner image of Node, by its id. */
  readonly image: string;
}

const IMAGE = 'stemma-runner/node:';

/** The engine and the very image that runs use; waits for the worker to build it. */
export async function openEngine(host: string): Promise<Engine> {
  const docker = new Docker({ socketPath: host.replace(/^unix:\/\//, '') });
  for (let tries = 0; tries < 600; tries += 1) {
    const images = await docker.listImages();
    const image = images.find(({ RepoTags }) => RepoTags?.some((tag) => tag.startsWith(IMAGE)));
    if (image) return { docker, image: image.Id };
    await pause(100);
  }
  throw new Error(
    'The runner image of Node is not there after a minute; the worker builds it when it starts.',
  );
}

/** Milliseconds until a script in a fresh container says something, by dockerode alone; the container is removed after. */
export async function firstOutputOfDocker({ docker, image }: Engine): Promise<number> {
  const asked = performance.now();
  const container = await docker.createContainer({
    Image: image,
    Cmd: ['node', '-e', "console.log('first')"],
    Env: ['PATH=/usr/local/bin:/usr/bin:/bin'],
    NetworkDisabled: true,
    AttachStdout: true,
    HostConfig: { NetworkMode: 'none', LogConfig: { Type: 'none', Config: {} } },
  });
  try {
    const output = await container.attach({ stream: true, stdout: true });
    await container.start();
    await once(output, 'data');
    return performance.now() - asked;
  } finally {
    await container.remove({ force: true });
  }
}
