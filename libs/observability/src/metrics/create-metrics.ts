import { type Described, heading, type Labels, type NoLabels, openSeries, sample } from './series.js';

/** Only ever grows; `add` by 1 unless told otherwise. */
export interface Counter<Label extends string = never> {
  readonly add: (labels: Labels<Label>, by?: number) => void;
}

/** What is true now. */
export interface Gauge<Label extends string = never> {
  readonly set: (labels: Labels<Label>, value: number) => void;
  /** Forgets every series: for a gauge whose labels come and go, before it is set anew. */
  readonly clear: () => void;
}

/** How often a value fell below each bound. */
export interface Histogram<Label extends string = never> {
  readonly observe: (labels: Labels<Label>, value: number) => void;
}

export interface HistogramOptions<Label extends string> extends Described<Label> {
  /** Upper bounds, rising; seconds of `SECONDS` unless told otherwise. */
  readonly bounds?: readonly number[];
}

/** The metrics of one process, told as Prometheus text. */
export interface Metrics {
  readonly counter: <const Label extends string = never>(what: Described<Label>) => Counter<Label>;
  readonly gauge: <const Label extends string = never>(what: Described<Label>) => Gauge<Label>;
  readonly histogram: <const Label extends string = never>(what: HistogramOptions<Label>) => Histogram<Label>;
  /** Runs before each telling: for gauges that are looked up. A failing one leaves its gauges as they were. */
  readonly beforeTold: (look: () => void | Promise<void>) => void;
  /** Text exposition format 0.0.4. */
  readonly tell: () => Promise<string>;
}

/** Bounds for what a request or a command takes: a millisecond to ten seconds. */
export const SECONDS: readonly number[] = Object.freeze([
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
]);

/** Labels of a metric that has none. */
export const NO_LABELS: NoLabels = Object.freeze({});

/** An empty registry. A name is taken once; the metrics are told in the order in which they were made. */
export function createMetrics(): Metrics {
  const tellers = new Map<string, () => string>();
  const looks: (() => void | Promise<void>)[] = [];
  const register = (name: string, teller: () => string): void => {
    if (tellers.has(name)) throw new Error(`The metric ${name} is there already: names are taken once`);
    tellers.set(name, teller);
  };
  return {
    counter: (what) => {
      const series = openSeries(what, () => ({ value: 0 }));
      register(what.name, () => heading(what, 'counter') + samplesOf(what.name, series.entries()));
      return {
        add: (labels, by = 1) => {
          series.of(labels).value += by;
        },
      };
    },
    gauge: (what) => {
      const series = openSeries(what, () => ({ value: 0 }));
      register(what.name, () => heading(what, 'gauge') + samplesOf(what.name, series.entries()));
      return {
        set: (labels, value) => {
          series.of(labels).value = value;
        },
        clear: series.clear,
      };
    },
    histogram: (what) => {
      const { bounds = SECONDS } = what;
      const series = openSeries(what, () => emptyBuckets(bounds));
      register(what.name, () => heading(what, 'histogram') + bucketsOf(what.name, bounds, series.entries()));
      return { observe: (labels, value) => observe(series.of(labels), bounds, value) };
    },
    beforeTold: (look) => void looks.push(look),
    tell: async () => {
      await Promise.allSettled(looks.map(async (look) => look()));
      return [...tellers.values()].map((tell) => tell()).join('');
    },
  };
}

type Entries<Value> = Iterable<readonly [labels: string, value: Value]>;

const samplesOf = (name: string, entries: Entries<{ readonly value: number }>): string =>
  Array.from(entries, ([labels, { value }]) => sample(name, labels, value)).join('');

/** `counts` is one longer than the bounds: the last is for what lies above all of them. */
interface Buckets {
  readonly counts: number[];
  sum: number;
}

const emptyBuckets = (bounds: readonly number[]): Buckets => ({
  counts: Array.from({ length: bounds.length + 1 }, () => 0),
  sum: 0,
});

function observe(buckets: Buckets, bounds: readonly number[], value: number): void {
  const at = bounds.findIndex((bound) => value <= bound);
  const index = at === -1 ? bounds.length : at;
  buckets.counts[index] = (buckets.counts[index] ?? 0) + 1;
  buckets.sum += value;
}

function bucketsOf(name: string, bounds: readonly number[], entries: Entries<Buckets>): string {
  return Array.from(entries, ([labels, { counts, sum }]) => {
    const before = labels === '' ? '' : `${labels},`;
    let below = 0;
    const lines = counts.map((count, index) => {
      below += count;
      return sample(`${name}_bucket`, `${before}le="${bounds[index] ?? '+Inf'}"`, below);
    });
    return `${lines.join('')}${sample(`${name}_sum`, labels, sum)}${sample(`${name}_count`, labels, below)}`;
  }).join('');
}
