import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startDocker } from '@stemma/testing';
import type Docker from 'dockerode';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDocker } from '../engine/connect-docker.js';
import { openTestRunner, runIn } from '../runner.fixtures.js';
import { ensureDockerfileImage } from './dockerfile-image.js';
import { ensureHostImage } from './ensure-image.js';

let docker: Docker;
let directory: string;
beforeAll(async () => {
  docker = connectDocker((await startDocker()).host);
  directory = await mkdtemp(join(tmpdir(), 'stemma-image-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** A stand-in for Node that is one test's alone, so that removing its image disturbs nobody. */
async function standIn(name: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, `#!/bin/sh\n# ${randomUUID()}\nexit 5\n`, { mode: 0o755 });
  return path;
}

const remove = (digest: string): Promise<unknown> => docker.getImage(digest).remove({ force: true });

describe("an image of this machine's own files", () => {
  it.concurrent('is made again when somebody removed it, and then used', async () => {
    const runner = await openTestRunner({ programs: { node: await standIn('removed') } });
    const { imageDigest } = await runner.sandboxOf('node');
    await remove(imageDigest);
    const run = runIn(runner, { runtime: 'node', source: 'exports.run = () => 1' });
    await expect(run).rejects.toMatchObject({
      code: 'engine-unfit',
      message: expect.stringContaining('ready'),
    });
    const again = await runner.sandboxOf('node');
    expect(await runner.listContainers()).toEqual([]);
    await remove(again.imageDigest);
  });

  it.concurrent('is made once for one content, and another for another', async () => {
    const node = await standIn('changed');
    const first = await ensureHostImage(docker, 'node', { node });
    expect(await ensureHostImage(docker, 'node', { node })).toBe(first);
    await standIn('changed');
    const second = await ensureHostImage(docker, 'node', { node });
    expect(second).not.toBe(first);
    await Promise.all([remove(first), remove(second)]);
  });

  it.concurrent('that cannot be made says what is missing', async () => {
    await expect(ensureHostImage(docker, 'python', { python: '/nonexistent/python3' })).rejects.toMatchObject(
      {
        code: 'image-unavailable',
        message: expect.stringContaining('install it'),
      },
    );
  });
});

describe('an image built by Dockerfile', () => {
  it.concurrent(
    'has the harness on top of its base, is built once, and runs scripts in the same sandbox',
    async () => {
      const [node, python] = await Promise.all([
        ensureHostImage(docker, 'node'),
        ensureHostImage(docker, 'python'),
      ]);
      const bases = { node, python };
      const runner = await openTestRunner({ bases });
      const sandbox = await runner.sandboxOf('node');
      expect(sandbox.imageDigest).not.toBe(node);
      expect(await ensureDockerfileImage(docker, 'node', node)).toBe(sandbox.imageDigest);
      const { outcome } = await runIn(runner, {
        runtime: 'node',
        source: 'exports.run = () => process.getuid()',
      });
      expect(outcome).toMatchObject({
        status: 'completed',
        output: 10_101,
        imageDigest: sandbox.imageDigest,
      });
      await remove(sandbox.imageDigest);
    },
  );

  it.concurrent.each(['stemma-no-such-base:1', 'evil\nRUN id', '$(id)'])(
    'on %j says that it cannot be had',
    async (base) => {
      await expect(ensureDockerfileImage(docker, 'node', base)).rejects.toMatchObject({
        code: 'image-unavailable',
      });
    },
  );
});
