export type { Delivery, EventSource, Log, RecordedEvent } from './log/event-source.js';
export { ensureLog, LOG_STREAM } from './log/ensure-log.js';
export type { LogStore } from './log/ensure-log.js';
export { formatToken, parseToken } from './log/position-token.js';
export type { Position } from './log/position-token.js';

export * as column from './projection/columns.js';
export type { Column } from './projection/columns.js';
export { type Change, changesBetween, type Json } from './projection/changes-between.js';
export { rowGroup, rowKey, table } from './projection/table.js';
export type { KeyOf, RowKey, RowOf, Table } from './projection/table.js';
export { defineProjection, ignored } from './projection/projection.js';
export type { Handler, Projection, Recorded } from './projection/projection.js';
export type { Rows } from './projection/rows.js';
export { replay } from './projection/replay.js';
export type { Replayed } from './projection/replay.js';
export { specifyProjection } from './projection/specify-projection.js';
export type { StreamFact } from './projection/specify-projection.js';

export { runProjections } from './live/run-projections.js';
export type { ProjectorOptions, RunningProjections, Subscription } from './live/run-projections.js';
export type { Activity, BuildStatus } from './live/build-status.js';

export { openReadModel } from './reading/open-read-model.js';
export type { Answer, ReadModel, ReadModelOptions, ReadRequest } from './reading/open-read-model.js';
export type { BuildingProgress } from './reading/tell-building.js';
export type { ReadDb } from './reading/read-in-snapshot.js';
export { recordSample } from './reading/record-queries.js';
export type { Sample, Samples } from './reading/record-queries.js';
export { STILL_MS } from './reading/standing-still.js';
export { requireTenant } from './reading/require-tenant.js';
export { MissingTenant, NotYetVisible, OtherLog, ReadModelUnavailable } from './reading/errors.js';
export type { ParkCategory } from './projection/fold-events.js';
export { Refusal } from './projection/refusals.js';
export { PoliciesBypassed } from './database/roles.js';

export { openProjectionOps } from './ops/open-projection-ops.js';
export type { ProjectionOps, ProjectionOpsOptions } from './ops/open-projection-ops.js';
export type { CertificateReport } from './ops/certificate-reports.js';
export type { JobReport } from './ops/job-reports.js';
export type { ParkedDrop, ParkedReport } from './ops/parked-streams.js';
export type { BuildReport, Lag } from './ops/projection-reports.js';
export type { JobKind, JobOptions, JobProgress, JobState } from './jobs/job.js';
export type { Outcome } from './jobs/rebuild.js';
export type { OperatorAct, RowDifference } from './log/ops-events.js';
export type { RecordedAct } from './log/ops-log.js';
export { strayRows } from './prove/stray-rows.js';

export { openDirectory } from './directory/open-directory.js';
export type { Directory, DirectoryEntry } from './directory/open-directory.js';
