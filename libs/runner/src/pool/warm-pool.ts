import type { SandboxContainer } from '../engine/sandbox-container.js';
import type { RunSpec, Runtime } from '../run-spec.js';
import { runtimes } from '../run-spec.js';
import { isOfClass } from './pool-options.js';
import type { PoolOptions, PoolState } from './pool-options.js';
import type { HandedOver } from './warm-container.js';
import { createWarmShelf } from './warm-shelf.js';
import type { WarmShelf } from './warm-shelf.js';

/** Containers that are started ahead, so that a run needs not wait for one. */
export interface WarmPool {
  /** Null for a run of another class, and when the shelf is empty. */
  take(spec: Pick<RunSpec, 'runtime' | 'limits'>): Promise<HandedOver | null>;
  /** A run is about to come: `take` need not ask then. Whether a container waits for it. */
  expect(spec: Pick<RunSpec, 'runtime' | 'limits'>): boolean;
  state(): readonly PoolState[];
  close(): Promise<void>;
}

const tendEveryMs = 15_000;

/** Begins to fill at once, in the background. */
export function openWarmPool(
  { sizes, limits, maxAgeMs }: PoolOptions,
  start: (runtime: Runtime) => Promise<SandboxContainer>,
): WarmPool {
  const shelves = new Map<Runtime, WarmShelf>();
  for (const runtime of runtimes) {
    const target = sizes[runtime] ?? 0;
    if (target > 0) shelves.set(runtime, createWarmShelf({ target, maxAgeMs, start: () => start(runtime) }));
  }
  const timer = setInterval(() => shelves.forEach((shelf) => void shelf.tend()), tendEveryMs);
  timer.unref();

  const shelfFor = (spec: Pick<RunSpec, 'runtime' | 'limits'>): WarmShelf | undefined =>
    isOfClass(spec.limits, limits) ? shelves.get(spec.runtime) : undefined;

  return {
    take: (spec) => shelfFor(spec)?.take() ?? Promise.resolve(null),
    expect: (spec) => shelfFor(spec)?.expect() ?? false,
    state: () => [...shelves].map(([runtime, shelf]) => ({ runtime, ...shelf.state() })),
    close: async () => {
      clearInterval(timer);
      await Promise.all([...shelves.values()].map((shelf) => shelf.empty()));
    },
  };
}
