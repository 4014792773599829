export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/** `stdout` and `stderr` are what the script printed, `log` is what it said through its context. */
export type LogStream = 'stdout' | 'stderr' | 'log';

/** One line of a run's log, without its line end. Control bytes are made visible; nothing in it moves a terminal. */
export interface LogEntry {
  /** When the line left the container, by the worker's clock (milliseconds since 1970); never falls within a run. */
  readonly at: number;
  readonly level: LogLevel;
  readonly stream: LogStream;
  readonly message: string;
}
