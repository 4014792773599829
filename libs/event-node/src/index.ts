export { adminAddress } from './admin/admin-address.js';
export { startEventNode } from './start-event-node.js';
export type { EventNode, EventNodeOptions, NodeLog } from './node-options.js';
export { DamagedLogError, DirectoryInUseError, LogUnavailableError } from './store/store-errors.js';
export { verifyLog } from './store/verify-log.js';
export type { LogReport } from './store/verify-log.js';
export { restoreLog } from './store/backup-log.js';
export type { Backup } from './store/backup-log.js';
