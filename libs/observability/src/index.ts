export { createLogger } from './create-logger.js';
export type { Logger, LoggerOptions } from './create-logger.js';
export { hideSecrets } from './hide-secrets.js';
export { nestLogger } from './nest-logger.js';
export type { NestLogger } from './nest-logger.js';
export { RELEASE } from './release.js';
export { whenAskedToStop } from './when-asked-to-stop.js';
