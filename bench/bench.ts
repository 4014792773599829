import type { Shares } from './cores.js';

export interface BenchOptions {
  /** How long one measured round lasts. */
  readonly seconds: number;
  /** How many scripts there are to change. */
  readonly keys: number;
  /** How many events the log has before anything is measured, where that matters. */
  readonly events: number;
  /** Whether the long form is wanted, where there is one: a million events. */
  readonly million: boolean;
  /** Where each process writes its CPU profile, if anywhere. */
  readonly profileTo: string | undefined;
}

/** What a bench found and how: a figure without its circumstances compares with nothing. */
export interface Report {
  /** Named with their unit: `PerS`, `Ms`, `ratio`. */
  readonly figures: Readonly<Record<string, number>>;
  /** Which command, over how many keys, how many at a time, what runs beside it. */
  readonly setting: Readonly<Record<string, string>>;
  /** Who used the cores, by phase. */
  readonly cores: Readonly<Record<string, Shares>>;
}

export interface Bench {
  /** One line for `--help`. */
  readonly about: string;
  readonly run: (options: BenchOptions) => Promise<Report>;
}
