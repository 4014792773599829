import type { DurableGroup } from '../store/log-writer.js';

/** Counts what the node does; read as Prometheus text. */
export interface NodeMetrics {
  readonly committed: (group: DurableGroup) => void;
  readonly text: (gauges: NodeGauges) => string;
}

/** What is true at the moment of asking. */
export interface NodeGauges {
  readonly logBytes: number;
  readonly endPosition: number;
  readonly openCalls: number;
  readonly subscribers: number;
  /** Bytes of log that the slowest subscriber has yet to see. */
  readonly subscriberLagBytes: number;
}

const COMMIT_SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1];
const GROUP_REQUESTS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

export function createNodeMetrics(): NodeMetrics {
  const totals = { appends: 0, events: 0, bytes: 0 };
  const commit = createHistogram(
    'stemma_log_commit_seconds',
    'Time from taking a group to its flush.',
    COMMIT_SECONDS,
  );
  const size = createHistogram('stemma_log_group_appends', 'Appends that shared one flush.', GROUP_REQUESTS);
  return {
    committed({ requests, events, bytes, commitMs }) {
      totals.appends += requests;
      totals.events += events;
      totals.bytes += bytes;
      commit.observe(commitMs / 1000);
      size.observe(requests);
    },
    text: (gauges) =>
      [
        metric('counter', 'stemma_log_appends_total', 'Appends answered, refusals included.', totals.appends),
        metric('counter', 'stemma_log_events_total', 'Events stored.', totals.events),
        metric('counter', 'stemma_log_written_bytes_total', 'Bytes written to the log.', totals.bytes),
        commit.text(),
        size.text(),
        metric('gauge', 'stemma_log_size_bytes', 'Size of the log on disk.', gauges.logBytes),
        metric(
          'gauge',
          'stemma_log_end_position',
          'Position after the last durable event.',
          gauges.endPosition,
        ),
        metric('gauge', 'stemma_log_open_calls', 'Streaming calls that are open.', gauges.openCalls),
        metric('gauge', 'stemma_log_subscribers', 'Subscriptions that are open.', gauges.subscribers),
        metric(
          'gauge',
          'stemma_log_subscriber_lag_bytes',
          'Log that the slowest subscriber has yet to see.',
          gauges.subscriberLagBytes,
        ),
      ].join(''),
  };
}

const metric = (type: string, name: string, help: string, value: number): string =>
  `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`;

interface Histogram {
  readonly observe: (value: number) => void;
  readonly text: () => string;
}

function createHistogram(name: string, help: string, bounds: readonly number[]): Histogram {
  const counts = bounds.map(() => 0);
  let sum = 0;
  let count = 0;
  return {
    observe(value) {
      sum += value;
      count += 1;
      bounds.forEach((bound, index) => {
        if (value <= bound) counts[index] = (counts[index] ?? 0) + 1;
      });
    },
    text() {
      const buckets = bounds.map((bound, index) => `${name}_bucket{le="${bound}"} ${counts[index] ?? 0}\n`);
      const rest = `${name}_bucket{le="+Inf"} ${count}\n${name}_sum ${sum}\n${name}_count ${count}\n`;
      return `# HELP ${name} ${help}\n# TYPE ${name} histogram\n${buckets.join('')}${rest}`;
    },
  };
}
