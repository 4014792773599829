import { type Metrics, NO_LABELS } from '@stemma/observability';
import type {
  BuildReport,
  JobReport,
  ProjectionOps,
  RunningProjections,
  Subscription,
} from '@stemma/read-model';

const ofBuild = ['projection', 'version', 'build', 'state'] as const;

/** Seconds that a commit takes, by projection. */
export function openBatchTimes(
  metrics: Metrics,
): (projection: string, events: number, seconds: number) => void {
  const batches = metrics.histogram({
    name: 'stemma_projection_batch_seconds',
    help: 'How long it took to commit a batch of events: rows and checkpoint.',
    labels: ['projection'],
  });
  const events = metrics.counter({
    name: 'stemma_projection_events_total',
    help: 'Events that builds of this process considered while they followed the log.',
    labels: ['projection'],
  });
  return (projection, count, seconds) => {
    batches.observe({ projection }, seconds);
    events.add({ projection }, count);
  };
}

/** Tells where projections stand at each telling; what cannot be looked up stays as it was. */
export function tellProjections(
  metrics: Metrics,
  { ops, subscription }: { readonly ops: ProjectionOps } & Pick<RunningProjections, 'subscription'>,
): void {
  const setBuilds = buildGauges(metrics);
  const setJobs = jobGauges(metrics);
  const setSubscription = subscriptionMetrics(metrics);
  metrics.beforeTold(async () => setBuilds(await ops.status()));
  metrics.beforeTold(async () => setJobs(await ops.jobs()));
  metrics.beforeTold(() => setSubscription(subscription()));
}

function buildGauges(metrics: Metrics): (builds: readonly BuildReport[]) => void {
  const gauge = (name: string, help: string) =>
    metrics.gauge({ name: `stemma_projection_${name}`, help, labels: ofBuild });
  const gauges = [
    [
      gauge('lag_events', 'Events of the log that are not considered yet.'),
      ({ lag }: BuildReport) => lag.events,
    ],
    [
      gauge('lag_seconds', 'How long the oldest event that is not considered yet has waited.'),
      ({ lag }: BuildReport) => lag.seconds,
    ],
    [
      gauge('events_per_second', 'Events considered in the last moment.'),
      (one: BuildReport) => one.eventsPerSecond,
    ],
    [
      gauge('parked_streams', 'Streams that cannot go on until somebody acts.'),
      (one: BuildReport) => one.parked,
    ],
    [
      gauge('stopped', '1 when it stands still until somebody acts.'),
      ({ trouble }: BuildReport) => (trouble === null ? 0 : 1),
    ],
  ] as const;
  return (builds) => {
    for (const [one, valueOf] of gauges) {
      one.clear();
      for (const build of builds) {
        const { projection, state } = build;
        const labels = { projection, state, version: String(build.version), build: String(build.build) };
        one.set(labels, valueOf(build));
      }
    }
  };
}

function jobGauges(metrics: Metrics): (jobs: readonly JobReport[]) => void {
  const labels = ['job', 'kind'] as const;
  const events = metrics.gauge({
    name: 'stemma_projection_job_events',
    help: 'Events that the rebuild or verification under way has read.',
    labels,
  });
  const left = metrics.gauge({
    name: 'stemma_projection_job_seconds_left',
    help: 'How long the job under way will still take; absent while nobody can tell.',
    labels,
  });
  return (jobs) => {
    events.clear();
    left.clear();
    for (const { id: job, kind, state, progress } of jobs) {
      if (state !== 'running') continue;
      events.set({ job, kind }, progress?.events ?? 0);
      if (typeof progress?.secondsLeft === 'number') left.set({ job, kind }, progress.secondsLeft);
    }
  };
}

function subscriptionMetrics(metrics: Metrics): (subscription: Subscription) => void {
  const drops = metrics.counter({
    name: 'stemma_projection_subscription_drops_total',
    help: 'How often the subscription to the log was cut and made anew.',
  });
  let told = 0;
  drops.add(NO_LABELS, 0);
  return ({ drops: now }) => {
    drops.add(NO_LABELS, Math.max(0, now - told));
    told = now;
  };
}
