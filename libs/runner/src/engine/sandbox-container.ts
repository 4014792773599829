import type Docker from 'dockerode';
import type { Duplex } from 'node:stream';
import { bootFrameCaps } from '../protocol/conversation.js';
import { RunnerFault } from '../runner-fault.js';
import { createBody } from '../sandbox/create-body.js';
import type { SandboxRequest } from '../sandbox/create-body.js';
import { openChannel } from './channel.js';
import type { Channel } from './channel.js';
import { statusOf, toEngineFault } from './engine-fault.js';

/** How a container ended. */
export interface ContainerEnd {
  readonly exitCode: number;
  readonly oomKilled: boolean;
}

/** A started container and our two ends of it. */
export interface SandboxContainer {
  readonly id: string;
  readonly channel: Channel;
  rename(name: string): Promise<void>;
  /** A container that has ended or gone does not mind. */
  signal(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Waits for the end; null when somebody else has removed it. Only to be asked of a started container (HAZARDS D6). */
  waitForEnd(): Promise<ContainerEnd | null>;
  /** Kills and removes; a container that has gone does not mind. */
  remove(): Promise<void>;
}

const imageGone = (error: unknown): RunnerFault =>
  new RunnerFault('image-unavailable', 'The engine no longer has the image; it is made again.', {
    cause: error,
  });

const alreadyThere = (name: string, error: unknown): RunnerFault =>
  new RunnerFault('already-running', `There is a container ${name} already: this attempt runs or has run.`, {
    cause: error,
  });

function refusalOf(name: string, error: unknown): RunnerFault {
  if (statusOf(error) === 409) return alreadyThere(name, error);
  return statusOf(error) === 404 ? imageGone(error) : toEngineFault('create', error);
}

/**
 * Creates, attaches, then starts, so that not a byte of output is missed. Nothing stays behind when one of the three
 * fails.
 */
export async function startSandbox(
  docker: Docker,
  name: string,
  request: SandboxRequest,
): Promise<SandboxContainer> {
  const container = await docker.createContainer({ name, ...createBody(request) }).catch((error: unknown) => {
    throw refusalOf(name, error);
  });
  try {
    const options = { stream: true, stdin: true, stdout: true, stderr: true, hijack: true };
    const stream = (await container.attach(options)) as Duplex;
    const channel = openChannel(stream, bootFrameCaps);
    await container.start();
    return handleOf(container, channel);
  } catch (error) {
    await removeContainer(container).catch(() => undefined);
    throw toEngineFault('start', error);
  }
}

function handleOf(container: Docker.Container, channel: Channel): SandboxContainer {
  return {
    id: container.id,
    channel,
    rename: (name) => rename(container, name),
    signal: (signal) => signalContainer(container, signal),
    waitForEnd: () => waitForEnd(container),
    remove: async () => {
      await removeContainer(container);
      channel.close();
    },
  };
}

async function rename(container: Docker.Container, name: string): Promise<void> {
  try {
    await container.rename({ name });
  } catch (error) {
    throw statusOf(error) === 409 ? alreadyThere(name, error) : toEngineFault('rename', error);
  }
}

const isGone = (error: unknown): boolean => [404, 409].includes(statusOf(error) ?? 0);

async function signalContainer(container: Docker.Container, signal: string): Promise<void> {
  try {
    await container.kill({ signal });
  } catch (error) {
    if (!isGone(error)) throw toEngineFault('kill', error);
  }
}

/** By somebody else: then the exit code is that of their kill. */
function isBeingRemoved({ Status, Dead }: { readonly Status: string; readonly Dead: boolean }): boolean {
  return Status === 'removing' || Dead;
}

async function waitForEnd(container: Docker.Container): Promise<ContainerEnd | null> {
  try {
    await container.wait({ condition: 'not-running' });
    const { State } = await container.inspect();
    if (isBeingRemoved(State)) return null;
    return { exitCode: State.ExitCode, oomKilled: State.OOMKilled };
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw toEngineFault('wait', error);
  }
}

/** 409 means that somebody else is removing it; then it is waited for. */
export async function removeContainer(container: Docker.Container): Promise<void> {
  try {
    await container.remove({ force: true, v: true });
  } catch (error) {
    if (statusOf(error) === 409) await container.wait({ condition: 'removed' }).catch(() => undefined);
    else if (statusOf(error) !== 404) throw toEngineFault('remove', error);
  }
}
