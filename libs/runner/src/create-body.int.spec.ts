import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startDocker } from '@stemma/testing';
import type Docker from 'dockerode';
import { randomUUID } from 'node:crypto';
import { readlink } from 'node:fs/promises';
import { connectDocker } from './engine/connect-docker.js';
import { defaultLimits } from './index.js';
import type { Runner } from './index.js';
import { openTestRunner, runIn } from './runner.fixtures.js';
import { seccompJson, seccompProfile } from './sandbox/seccomp-profile.js';

let docker: Docker;
let runner: Runner;
const owner = { installId: randomUUID(), workerId: 'worker-1' };
beforeAll(async () => {
  docker = connectDocker((await startDocker()).host);
  runner = await openTestRunner(owner);
  await runner.sandboxOf('node');
}, 120_000);
afterAll(() => runner.close());

const mebibyte = 1024 * 1024;
const hostile = {
  entrypoint: 'run',
  settings: { LD_PRELOAD: '/x', HostConfig: { Privileged: true }, '--privileged': true, image: 'evil' },
  input: { Binds: ['/:/ofthehost'], Env: ['A=B'], __proto__: { Privileged: true } },
  context: { scriptSlug: '$(reboot); --privileged', versionNumber: 1 },
};

/** What the engine says of a run's container while it runs. */
async function inspectRun(source: string): Promise<Docker.ContainerInspectInfo> {
  let inspected: Docker.ContainerInspectInfo | null = null;
  const onStarted = async ({ containerId }: { containerId: string }): Promise<void> => {
    inspected = await docker.getContainer(containerId).inspect();
  };
  const { outcome } = await runIn(runner, { runtime: 'node', source, ...hostile }, { onStarted });
  expect(outcome.status).toBe('completed');
  if (inspected === null) throw new Error('the run never started');
  return inspected;
}

describe("D10 the configuration of a run's container", () => {
  it('is what the limits say, to the last field that matters, and nothing that a user wrote', async () => {
    const info = await inspectRun('export const run = (input) => input');
    expect(info.HostConfig).toMatchObject({
      ...{ NetworkMode: 'none', ReadonlyRootfs: true, Privileged: false, Init: true, AutoRemove: false },
      ...{
        CapAdd: null,
        CapDrop: ['ALL'],
        Binds: null,
        VolumesFrom: null,
        Devices: null,
        DeviceRequests: null,
      },
      ...{ PidMode: '', IpcMode: 'private', UTSMode: '', UsernsMode: '', GroupAdd: null, Links: null },
      ...{
        SecurityOpt: ['no-new-privileges', `seccomp=${seccompJson}`],
        OomScoreAdj: 500,
        OomKillDisable: false,
      },
      ...{ Memory: 256 * mebibyte, MemorySwap: 256 * mebibyte, NanoCpus: 1_000_000_000, PidsLimit: 64 },
      ...{ ShmSize: 4 * mebibyte, PortBindings: null, PublishAllPorts: false, RestartPolicy: { Name: 'no' } },
      Ulimits: [
        { Name: 'nofile', Soft: 1024, Hard: 1024 },
        { Name: 'fsize', Soft: 64 * mebibyte, Hard: 64 * mebibyte },
        { Name: 'core', Soft: 0, Hard: 0 },
      ],
      Tmpfs: { '/tmp': `rw,nosuid,nodev,noexec,size=${64 * mebibyte},uid=10101,gid=10101,mode=0700` },
      LogConfig: { Type: 'none', Config: {} },
    });
    expect(info.Mounts).toEqual([]);
    expect(info.Config).toMatchObject({
      ...{
        User: '10101:10101',
        Tty: false,
        OpenStdin: true,
        StdinOnce: true,
        WorkingDir: '/tmp',
        Hostname: 'run',
      },
      ...{ Image: (await runner.sandboxOf('node')).imageDigest, Entrypoint: null, Volumes: null },
      Env: ['PATH=/usr/local/bin:/usr/bin:/bin', 'HOME=/tmp', 'LANG=C.UTF-8', 'TZ=UTC'],
      Labels: {
        'dev.stemma.install': owner.installId,
        'dev.stemma.worker': 'worker-1',
        'dev.stemma.runtime': 'node',
      },
      Cmd: [
        ...['/bin/sh', '/stemma/launch.sh', '61', '/usr/local/bin/node', '--max-old-space-size=192'],
        ...['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', '/stemma/node-harness.cjs'],
      ],
    });
    const told = JSON.stringify(info);
    for (const word of ['reboot', 'LD_PRELOAD', 'ofthehost', 'evil']) expect(told).not.toContain(word);
  });

  it("has namespaces of its own: the host's network, processes and names are not in sight", async () => {
    const { lines } = await runIn(runner, {
      runtime: 'shell',
      source:
        'for n in net pid ipc uts mnt; do readlink /proc/self/ns/$n; done; tail -n +3 /proc/net/dev | cut -d: -f1',
    });
    const hosts = await Promise.all(
      ['net', 'pid', 'ipc', 'uts', 'mnt'].map((name) => readlink(`/proc/self/ns/${name}`)),
    );
    expect(lines).toHaveLength(6);
    expect(lines.at(-1)?.trim()).toBe('lo');
    for (const host of hosts) expect(lines).not.toContain(host);
  });

  it('D4 gives the script a tmpfs of its own user, though the image has that directory', async () => {
    const { lines } = await runIn(runner, { runtime: 'shell', source: 'stat -c "%u:%g %a" /tmp' });
    // An engine of 2021 keeps the mode of the image's directory; its owner is what counts.
    expect(lines).toEqual([expect.stringMatching(/^10101:10101 7[05][05]$/)]);
  });

  it('D3 has a profile that lists what is allowed, and no socket but a local one', () => {
    expect(seccompProfile.defaultAction).toBe('SCMP_ACT_ERRNO');
    const allowed = seccompProfile.syscalls
      .filter(({ action, args }) => action === 'SCMP_ACT_ALLOW' && args === undefined)
      .flatMap(({ names }) => names);
    for (const name of [
      'socket',
      'socketpair',
      'clone',
      'clone3',
      'ptrace',
      'io_uring_setup',
      'memfd_create',
      'mount',
      'unshare',
      'setns',
      'bpf',
      'keyctl',
    ]) {
      expect(allowed).not.toContain(name);
    }
    expect(new Set(allowed).size).toBe(allowed.length);
  });
});

describe('the limits of the default class', () => {
  it('are frozen and fit each other', () => {
    expect(Object.isFrozen(defaultLimits)).toBe(true);
    expect(defaultLimits.filesBytes).toBeLessThanOrEqual(defaultLimits.tmpfsMb * mebibyte);
    expect(defaultLimits.tmpfsMb).toBeLessThan(defaultLimits.memoryMb);
  });
});
