export { startEventNode } from './start-event-node.js';
export type { EventNode, EventNodeOptions, NodeLog } from './node-options.js';
export { DamagedLogError, DirectoryInUseError, LogUnavailableError } from './store/store-errors.js';
