import type { Logger } from './create-logger.js';

type Line = (message: unknown, ...rest: unknown[]) => void;

/** Nest's `LoggerService`, by its shape: this lib knows no framework. */
export interface NestLogger {
  readonly log: Line;
  readonly debug: Line;
  readonly verbose: Line;
  readonly warn: Line;
  readonly error: Line;
}

/** Nest's own lines in our shape. What it tells while it starts is for those who look for it. */
export function nestLogger(logger: Logger): NestLogger {
  const line =
    (level: 'debug' | 'warn' | 'error') =>
    (message: unknown, ...rest: unknown[]) =>
      logger[level]({ context: rest.at(-1) }, String(message));
  return {
    log: line('debug'),
    debug: line('debug'),
    verbose: line('debug'),
    warn: line('warn'),
    error: line('error'),
  };
}
