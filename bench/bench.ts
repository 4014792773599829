/** How long one measured round lasts, and where each process writes its CPU profile, if anywhere. */
export interface BenchOptions {
  readonly seconds: number;
  readonly profileTo: string | undefined;
}

/** What a bench found and how: a figure without its circumstances compares with nothing. */
export interface Report {
  /** Named with their unit: `PerS`, `Ms`, `ratio`. */
  readonly figures: Readonly<Record<string, number>>;
  /** Which command, over how many keys, how many at a time, what runs beside it. */
  readonly setting: Readonly<Record<string, string>>;
  /** By phase, the cores that each process kept busy. */
  readonly cores: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface Bench {
  /** One line for `--help`. */
  readonly about: string;
  readonly run: (options: BenchOptions) => Promise<Report>;
}
