import type { LoggerService } from '@nestjs/common';
import type { Logger } from '@stemma/observability';

/** Nest's own lines, as lines of ours. */
export function nestLogger(logger: Logger): LoggerService {
  return {
    log: (message: unknown) => logger.debug({}, String(message)),
    debug: (message: unknown) => logger.debug({}, String(message)),
    verbose: (message: unknown) => logger.trace({}, String(message)),
    warn: (message: unknown) => logger.warn({}, String(message)),
    error: (message: unknown) => logger.error({}, String(message)),
    fatal: (message: unknown) => logger.fatal({}, String(message)),
  };
}
