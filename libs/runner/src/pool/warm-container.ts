import type { Received } from '../engine/channel.js';
import type { SandboxContainer } from '../engine/sandbox-container.js';
import { encodeFrame } from '../protocol/frame.js';

/** A started container that waits for a script. */
export interface WarmContainer {
  readonly container: SandboxContainer;
  /** When it became ready, by `performance.now()`. */
  readonly bornAt: number;
  /** Whether its harness answers in time. */
  isAlive(withinMs: number): Promise<boolean>;
  /** As `isAlive`, and the last time: if so, what comes next out of the container is the taker's to read. */
  handOver(withinMs: number): Promise<boolean>;
}

const isPong = (received: Received): boolean => received.kind === 'frame' && received.frame.name === 'pong';

/** Watches over a container that is ready. `onDeath` is called once, when it ends before it is handed over. */
export function watchWarmContainer(container: SandboxContainer, onDeath: () => void): WarmContainer {
  const { channel } = container;
  let answer: (alive: boolean) => void = () => undefined;
  let isTaken = false;

  async function listen(): Promise<void> {
    for (;;) {
      const batch = await channel.next();
      const ponged = batch !== null && [...batch].some(isPong);
      answer(ponged);
      if (batch === null) return isTaken ? undefined : onDeath();
      if (ponged && isTaken) return;
    }
  }

  async function isAlive(withinMs: number): Promise<boolean> {
    const answered = new Promise<boolean>((resolve) => {
      answer = resolve;
    });
    const timer = setTimeout(() => answer(false), withinMs);
    await channel.write(encodeFrame('ping'));
    const alive = await answered;
    clearTimeout(timer);
    return alive;
  }

  listen().catch(onDeath);
  return {
    container,
    bornAt: performance.now(),
    isAlive,
    handOver: (withinMs) => {
      isTaken = true;
      return isAlive(withinMs);
    },
  };
}
