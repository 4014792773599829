/** The bytes on disk are not what was written. Never served as data; `verifyLog` shows the extent. */
export class DamagedLogError extends Error {}

/** The directory belongs to a running node. */
export class DirectoryInUseError extends Error {}

/** The log cannot take writes at present (disk full, read-only, closing); nothing of the request was stored. */
export class LogUnavailableError extends Error {}
