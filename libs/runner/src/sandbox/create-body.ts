import type { ContainerCreateOptions } from 'dockerode';
import type { RunLimits } from '../run-limits.js';
import type { ContainerLabels } from './container-labels.js';
import { sandboxUser } from './sandbox-user.js';
import { seccompJson } from './seccomp-profile.js';

const mebibyte = 1024 * 1024;
const nanoCpusPerMilliCpu = 1_000_000;
const sharedMemoryMb = 4;

export interface SandboxRequest {
  /** Digest of one of our own images. */
  readonly image: string;
  /** A command of ours; nothing in it comes from a user. */
  readonly command: readonly string[];
  readonly limits: RunLimits;
  readonly labels: ContainerLabels;
  /** The engine's runtime; absent means its default. */
  readonly engineRuntime?: string;
}

/**
 * The whole configuration of a run's container, from typed limits alone: there is no way in for anything that a user
 * wrote (HAZARDS D10). Pinned against `docker inspect` by a spec.
 */
export function createBody(request: SandboxRequest): ContainerCreateOptions {
  return {
    Image: request.image,
    Cmd: [...request.command],
    Env: ['PATH=/usr/local/bin:/usr/bin:/bin', 'HOME=/tmp', 'LANG=C.UTF-8', 'TZ=UTC'],
    User: `${sandboxUser.uid}:${sandboxUser.gid}`,
    WorkingDir: sandboxUser.home,
    Hostname: 'run',
    Labels: { ...request.labels },
    NetworkDisabled: true,
    Tty: false,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    OpenStdin: true,
    StdinOnce: true,
    HostConfig: hostConfig(request),
  };
}

function hostConfig({ limits, engineRuntime }: SandboxRequest): ContainerCreateOptions['HostConfig'] {
  const memory = limits.memoryMb * mebibyte;
  return {
    NetworkMode: 'none',
    ReadonlyRootfs: true,
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges', `seccomp=${seccompJson}`],
    Memory: memory,
    MemorySwap: memory,
    NanoCpus: limits.milliCpus * nanoCpusPerMilliCpu,
    PidsLimit: limits.pids,
    OomScoreAdj: 500,
    ShmSize: sharedMemoryMb * mebibyte,
    Ulimits: [
      { Name: 'nofile', Soft: 1024, Hard: 1024 },
      { Name: 'fsize', Soft: limits.tmpfsMb * mebibyte, Hard: limits.tmpfsMb * mebibyte },
      { Name: 'core', Soft: 0, Hard: 0 },
    ],
    Tmpfs: { [sandboxUser.home]: tmpfsOptions(limits) },
    LogConfig: { Type: 'none', Config: {} },
    Init: true,
    AutoRemove: false,
    RestartPolicy: { Name: 'no' },
    ...(engineRuntime === undefined ? {} : { Runtime: engineRuntime }),
  };
}

/** The owner is given because a tmpfs takes those of the directory that it covers (HAZARDS D4). */
function tmpfsOptions({ tmpfsMb }: RunLimits): string {
  const { uid, gid } = sandboxUser;
  return `rw,nosuid,nodev,noexec,size=${tmpfsMb * mebibyte},uid=${uid},gid=${gid},mode=0700`;
}
