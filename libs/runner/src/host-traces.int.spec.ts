import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startDocker } from '@stemma/testing';
import type Docker from 'dockerode';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { existsSync } from 'node:fs';
import { connectDocker } from './engine/connect-docker.js';
import { addedTo, findTraces, sharedMemory } from './host-traces.fixtures.js';
import { sandboxUser } from './sandbox/sandbox-user.js';

const mark = `planted-${randomUUID()}`;
const { uid, gid } = sandboxUser;
let docker: Docker;
let undo: () => Promise<void>;
beforeAll(async () => void (docker = connectDocker((await startDocker()).host)), 60_000);
afterEach(() => undo());

/** How many of each kind there are now that were not there before `plant`; those of none are left out. */
async function planted(
  plant: () => Promise<unknown>,
  marks = () => [mark],
): Promise<Readonly<Record<string, number>>> {
  const before = await findTraces([]);
  await plant();
  const more = Object.entries(addedTo(before, await findTraces(marks())));
  return Object.fromEntries(more.map(([kind, found]) => [kind, found.length]));
}

async function plantProcess(
  file: string,
  args: readonly string[],
  who?: { uid: number; gid: number },
): Promise<void> {
  const child = spawn(file, args, { ...who, stdio: ['pipe', 'pipe', 'ignore'] });
  undo = async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  await once(child.stdout, 'data');
}

/** The same for control groups of both kinds: in the memory controller's tree, or in the only one. */
const groups = existsSync('/sys/fs/cgroup/memory') ? '/sys/fs/cgroup/memory' : '/sys/fs/cgroup';

describe('what is counted on the host before and after a run; planted, it is found:', () => {
  it('a container, though it never ran, and the files that the engine keeps of it', async () => {
    const repo = `stemma-${mark}`;
    const emptyArchive = Readable.from([Buffer.alloc(1024)]);
    await text(await docker.importImage(emptyArchive, { repo, tag: 'empty' }));
    let id = mark;
    const plant = async (): Promise<void> => {
      const container = await docker.createContainer({ Image: `${repo}:empty`, Cmd: ['/nothing'] });
      undo = async () => {
        await container.remove();
        await docker.getImage(`${repo}:empty`).remove();
      };
      ({ id } = container);
    };
    const found = await planted(plant, () => [id]);
    expect(found).toMatchObject({ containers: 1, files: expect.any(Number) });
  });

  it('a process that bears the name of a run', async () => {
    const plant = () => plantProcess('sh', ['-c', 'echo in; read word', mark]);
    expect(await planted(plant)).toEqual({ processes: 1 });
  });

  it('a process of the sandbox’s user that has left its container', async () => {
    const plant = () => plantProcess('sh', ['-c', 'echo in; read word'], { uid, gid });
    expect(await planted(plant)).toEqual({ processes: 1 });
  });

  it('a control group, with the memory that is charged to it', async () => {
    undo = () => rmdir(`${groups}/${mark}`);
    expect(await planted(() => mkdir(`${groups}/${mark}`))).toEqual({ groups: 1 });
  });

  it.each(['/tmp', '/var/tmp', '/dev/shm', '/run'])('a file in %s that bears a name', async (place) => {
    undo = () => rm(`${place}/${mark}`, { recursive: true });
    expect(await planted(() => mkdir(`${place}/${mark}`))).toEqual({ files: 1 });
  });

  it('a file of the sandbox’s user that bears none', async () => {
    const file = `/dev/shm/${randomUUID()}`;
    undo = () => rm(file);
    const plant = async (): Promise<void> => {
      await writeFile(file, 'left');
      await chown(file, uid, gid);
    };
    expect(await planted(plant)).toEqual({ files: 1 });
  });

  it('a tmpfs of the sandbox, in whatever namespace it is still mounted', async () => {
    const mount = `mount -t tmpfs -o size=64k,uid=${uid} none /mnt && echo in && read word`;
    const plant = () => plantProcess('unshare', ['--mount', 'sh', '-c', mount]);
    expect(await planted(plant)).toEqual({ mounts: 1 });
  });

  it('a volume and a network of the engine', async () => {
    const plant = async (): Promise<void> => {
      await docker.createVolume({ Name: mark });
      await docker.createNetwork({ Name: mark, Driver: 'bridge', Internal: true });
    };
    undo = async () => {
      await docker.getNetwork(mark).remove();
      await docker.getVolume(mark).remove();
    };
    expect(await planted(plant)).toEqual({ networks: 1, volumes: 1 });
  });

  it('shared memory that nobody can name', async () => {
    const file = `/dev/shm/${randomUUID()}`;
    undo = () => rm(file);
    const before = sharedMemory();
    await writeFile(file, Buffer.alloc(300e6, 1));
    expect(sharedMemory() - before).toBeGreaterThan(256e6);
    await rm(file);
    await eventually(sharedMemory, (now) => now - before < 256e6);
    undo = () => Promise.resolve();
  });
});
