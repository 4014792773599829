import type { SandboxContainer } from './sandbox-container.js';
import type { Received } from './channel.js';
import { visibleText } from '../protocol/visible-text.js';
import { RunnerFault } from '../runner-fault.js';

export const bootTimeoutMs = 30_000;
const noiseLength = 500;

/** Waits until the harness says that it is ready. Rejects with a `RunnerFault` that carries what was printed instead. */
export async function bootContainer(container: SandboxContainer): Promise<void> {
  let noise = '';
  const hear = (received: Received): boolean => {
    if (received.kind === 'frame') return received.frame.name === 'ready';
    noise = (noise + received.bytes.toString('latin1')).slice(0, noiseLength);
    return false;
  };
  const tooLate = setTimeout(() => container.channel.close(), bootTimeoutMs);
  try {
    if (await hears(container, hear)) return;
  } catch (error) {
    noise = String(error);
  } finally {
    clearTimeout(tooLate);
  }
  const printed = visibleText(noise) || 'nothing was printed';
  throw new RunnerFault('engine-unfit', `The container did not become ready for a script (${printed}).`);
}

async function hears(container: SandboxContainer, hear: (received: Received) => boolean): Promise<boolean> {
  for (let batch = await container.channel.next(); batch !== null; batch = await container.channel.next()) {
    for (const received of batch) if (hear(received)) return true;
  }
  return false;
}
