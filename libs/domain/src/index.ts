export * from './events.js';
export { id, scriptIdOf, streamName, versionIdOf } from './shared/ids.js';
export type { Meta } from './shared/metadata.js';
export type { RejectionCode } from './shared/rejections.js';
