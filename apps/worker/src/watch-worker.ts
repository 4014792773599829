import { type Metrics, NO_LABELS } from '@stemma/observability';
import type { Runner } from '@stemma/runner';
import type { ActiveRuns } from './active-runs.js';
import type { Admission } from './admission.js';

interface Watched {
  readonly metrics: Metrics;
  readonly active: ActiveRuns;
  readonly admission: Admission;
  readonly concurrency: number;
  readonly runner: Pick<Runner, 'poolState'>;
}

/** What this worker does now, for whoever reads /metrics. */
export function watchWorker({ metrics, active, admission, concurrency, runner }: Watched): void {
  const inHand = metrics.gauge({ name: 'stemma_worker_runs', help: 'Runs that this worker executes now.' });
  const most = metrics.gauge({ name: 'stemma_worker_concurrency', help: 'Runs that it takes at most.' });
  const waiting = metrics.gauge({
    name: 'stemma_worker_waiting_runs',
    help: "Runs that wait for their tenant's turn.",
  });
  most.set(NO_LABELS, concurrency);
  metrics.beforeTold(() => {
    inHand.set(NO_LABELS, active.size);
    waiting.set(NO_LABELS, admission.waiting());
  });
  watchPool(metrics, runner);
}

function watchPool(metrics: Metrics, runner: Watched['runner']): void {
  const containers = metrics.gauge({
    name: 'stemma_pool_containers',
    help: 'Containers of the warm pool: wanted (target), ready, starting.',
    labels: ['runtime', 'state'],
  });
  const taken = metrics.gauge({
    name: 'stemma_pool_runs',
    help: 'Runs of the default limits since the start that found a warm container (hit), and that found none (miss).',
    labels: ['runtime', 'found'],
  });
  metrics.beforeTold(() => {
    for (const { runtime, target, ready, starting, hits, misses } of runner.poolState()) {
      for (const [state, value] of Object.entries({ target, ready, starting }))
        containers.set({ runtime, state }, value);
      for (const [found, value] of Object.entries({ hit: hits, miss: misses }))
        taken.set({ runtime, found }, value);
    }
  });
}
