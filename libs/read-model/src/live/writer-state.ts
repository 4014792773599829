import { type Checkpoint, claimCheckpoint } from '../database/checkpoint.js';
import { inTransaction, type Sql } from '../database/connect.js';
import type { BuildRef } from '../database/names.js';
import { readParkedStreams } from '../database/parked.js';
import type { Drops } from '../log/drops.js';
import type { Exceptions } from '../projection/fold-events.js';
import type { Projection } from '../projection/projection.js';
import type { RowStore } from '../rows/row-store.js';

/** What a writer works with. */
export interface WriterParts {
  readonly sql: Sql;
  readonly build: BuildRef;
  readonly projection: Projection;
  readonly rows: RowStore;
  readonly drops: Drops;
  /** `SET LOCAL`s for its transactions. */
  readonly settings?: string;
}

/** What a writer knows of its build, as committed. */
export interface WriterState {
  checkpoint: Checkpoint;
  lastMarked: string | null;
  readonly parked: Set<string>;
  /** What Postgres said of events whose rows it refused, until their stream is parked. */
  readonly refused: Map<string, string>;
}

/** Takes the build over: commits of an earlier writer fail from now on. @throws NoCheckpoint */
export const claim = ({ sql, build }: WriterParts): Promise<WriterState> =>
  inTransaction(sql, 'stemma_writer', async () => ({
    checkpoint: await claimCheckpoint(sql, build),
    parked: new Set(await readParkedStreams(sql, build)),
    refused: new Map<string, string>(),
    lastMarked: null,
  }));

export const exceptionsOf = (
  { drops, projection }: WriterParts,
  { parked, refused }: WriterState,
): Exceptions => ({
  isParked: (stream) => parked.has(stream),
  isDropped: (eventId) => drops.isDropped(projection.name, eventId),
  refusalOf: (eventId) => refused.get(eventId),
});
