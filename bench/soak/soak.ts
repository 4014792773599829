export interface SoakOptions {
  readonly rounds: number;
  /** Progress, for a person who waits. */
  readonly say: (line: string) => void;
}

/** What a soak counted, and what it found: nothing, when all is well. */
export interface Found {
  readonly [count: string]: number | readonly string[];
  readonly faults: readonly string[];
}

export interface Soak {
  /** One line for `--help`. */
  readonly about: string;
  /** How many when nobody says. */
  readonly rounds: number;
  readonly run: (options: SoakOptions) => Promise<Found>;
}
