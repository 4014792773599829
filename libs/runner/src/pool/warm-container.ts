import type { Channel, Received } from '../engine/channel.js';
import type { SandboxContainer } from '../engine/sandbox-container.js';
import { encodeFrame } from '../protocol/frame.js';

/** A started container that waits for a script. */
export interface WarmContainer {
  readonly container: SandboxContainer;
  /** When it became ready, by `performance.now()`. */
  readonly bornAt: number;
  /** Whether its harness answers in time; one that did not is never handed over. Who asks meanwhile shares the answer. */
  isAlive(withinMs: number): Promise<boolean>;
  /** Whether it answers now, or is being asked. */
  answeredLately(): boolean;
  /**
   * The container, if it has answered a moment ago or does so in time: what comes out of it next is the taker's to read. One
   * that is being asked already is handed over before it has answered.
   */
  handOver(withinMs: number): Promise<HandedOver | null>;
}

export interface HandedOver {
  readonly container: SandboxContainer;
  /** Whether it has answered. Until then nothing is to be written to it, nor read. */
  readonly isWell: Promise<boolean>;
}

/** So old an answer still counts. */
const LATELY_MS = 500;

type Batch = ReturnType<Channel['next']>;

const isPong = (received: Received): boolean => received.kind === 'frame' && received.frame.name === 'pong';

/** Watches over a container that is ready. `onDeath` is called once, when it ends before it is handed over. */
export function watchWarmContainer(container: SandboxContainer, onDeath: () => void): WarmContainer {
  const { channel } = container;
  let answer: (alive: boolean) => void = () => undefined;
  let asking: Promise<boolean> | null = null;
  let answeredAt = Number.NEGATIVE_INFINITY;
  let coming = channel.next();
  let isTaken = false;
  let isLost = false;

  async function listen(): Promise<void> {
    for (;;) {
      const batch = await coming;
      if (isTaken) return;
      const ponged = batch !== null && [...batch].some(isPong);
      if (batch !== null) coming = channel.next();
      answer(ponged);
      if (batch === null) return end();
    }
  }

  function end(): void {
    isLost = true;
    answer(false);
    onDeath();
  }

  async function ask(withinMs: number): Promise<boolean> {
    const answered = new Promise<boolean>((resolve) => {
      answer = resolve;
    });
    const timer = setTimeout(() => answer(false), withinMs);
    await channel.write(encodeFrame('ping'));
    const alive = await answered;
    clearTimeout(timer);
    if (alive) answeredAt = performance.now();
    else isLost = true;
    asking = null;
    return alive;
  }

  const isAlive = (withinMs: number): Promise<boolean> =>
    isLost ? Promise.resolve(false) : (asking ??= ask(withinMs));
  const answeredLately = (): boolean => asking !== null || performance.now() - answeredAt < LATELY_MS;

  listen().catch(end);
  return {
    container,
    bornAt: performance.now(),
    isAlive,
    answeredLately,
    async handOver(withinMs) {
      if (asking === null && !isLost && !answeredLately()) await isAlive(withinMs);
      if (isLost) return null;
      const answered = (asking ?? Promise.resolve(true)).catch(() => false);
      const isWell = answered.then((is) => (isTaken = is));
      return { container: { ...container, channel: goingOn(channel, () => coming) }, isWell };
    },
  };
}

/** A channel on which somebody waits already for what comes next. */
function goingOn(channel: Channel, coming: () => Batch): Channel {
  let isFirst = true;
  return {
    ...channel,
    next: () => {
      const batch = isFirst ? coming() : channel.next();
      isFirst = false;
      return batch;
    },
  };
}
