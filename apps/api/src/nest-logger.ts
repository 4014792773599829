import type { LoggerService } from '@nestjs/common';
import type { Logger } from '@stemma/observability';

/** Nest's own lines in our shape. What it tells while it starts is for those who look for it. */
export function nestLogger(logger: Logger): LoggerService {
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
