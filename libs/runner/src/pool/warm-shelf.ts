import type { SandboxContainer } from '../engine/sandbox-container.js';
import { createRefiller } from './refiller.js';
import { watchWarmContainer } from './warm-container.js';
import type { HandedOver, WarmContainer } from './warm-container.js';
import type { PoolState } from './pool-options.js';

export interface ShelfOptions {
  readonly target: number;
  readonly maxAgeMs: number;
  /** Starts one container, ready for its script. */
  readonly start: () => Promise<SandboxContainer>;
}

/** The warm containers of one runtime. */
export interface WarmShelf {
  /** One that has just answered, or is being asked; null when there is none. It is the taker's from now on. */
  take(): Promise<HandedOver | null>;
  /** Asks the next one now; false when there is none that was not asked a moment ago. */
  expect(): boolean;
  /** Drops what is dead or old, and fills up. To be called now and then. */
  tend(): Promise<void>;
  /** Removes all, those that are still starting, too; nothing is started any more. */
  empty(): Promise<void>;
  state(): Omit<PoolState, 'runtime'>;
}

const answerWithinMs = 1_000;
/**
 * Runs go first: to start a container takes as much of the processor as several runs in containers that wait, and those
 * that come in a row find what is there before more is started.
 */
const refillAfterMs = 150;

export function createWarmShelf({ target, maxAgeMs, start }: ShelfOptions): WarmShelf {
  const ready = new Set<WarmContainer>();
  let [hits, misses] = [0, 0];
  const refiller = createRefiller({
    lacks: (starting) => ready.size + starting < target,
    start: async (isOpen) => {
      const container = await start();
      if (!isOpen()) return container.remove();
      const warm = watchWarmContainer(container, () => void drop(warm));
      ready.add(warm);
    },
  });

  async function drop(warm: WarmContainer): Promise<void> {
    ready.delete(warm);
    await warm.container.remove().catch(() => undefined);
    refiller.fillIn(refillAfterMs);
  }

  async function take(): Promise<HandedOver | null> {
    refiller.yieldFor(refillAfterMs);
    for (const warm of ready) {
      ready.delete(warm);
      const taken = await warm.handOver(answerWithinMs);
      if (taken !== null) {
        hits += 1;
        return taken;
      }
      void drop(warm);
    }
    misses += 1;
    return null;
  }

  function expect(): boolean {
    refiller.yieldFor(refillAfterMs);
    const next = [...ready].find((warm) => !warm.answeredLately());
    if (next !== undefined) void look(next);
    return next !== undefined;
  }

  /** What was taken meanwhile is the taker's to judge. */
  async function look(warm: WarmContainer): Promise<void> {
    if (!(await warm.isAlive(answerWithinMs)) && ready.has(warm)) await drop(warm);
  }

  async function tend(): Promise<void> {
    const isOld = (warm: WarmContainer): boolean => performance.now() - warm.bornAt > maxAgeMs;
    await Promise.all([...ready].map((warm) => (isOld(warm) ? drop(warm) : look(warm))));
    refiller.fillIn(0);
  }

  async function empty(): Promise<void> {
    await refiller.close();
    await Promise.all([...ready].map(drop));
  }

  refiller.fillIn(0);
  return {
    take,
    expect,
    tend,
    empty,
    state: () => ({ target, ready: ready.size, hits, misses, ...refiller.state() }),
  };
}
