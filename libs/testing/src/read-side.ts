import { connectEventStore, type EventStore } from '@stemma/event-store';
import {
  ensureLog,
  openReadModel,
  type Position,
  type Projection,
  type ReadModel,
  runProjections,
  type StreamFact,
} from '@stemma/read-model';
import { randomUUID } from 'node:crypto';
import { startLog } from './log.js';
import { startPostgres } from './postgres.js';

/** A log, a database and the projections between them, all real, of a spec's own. */
export interface ReadSide {
  readonly store: EventStore;
  readonly readModel: ReadModel;
  /** Of the one whom no policy binds. */
  readonly superuserUrl: string;
  /** Appends to a stream, whatever its revision; the position is the token to read after. */
  readonly tell: (stream: string, ...facts: readonly StreamFact[]) => Promise<Position>;
  readonly stop: () => Promise<void>;
}

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Starts these projections on an empty log. */
export async function startReadSide(projections: readonly Projection[]): Promise<ReadSide> {
  const [log, postgres] = await Promise.all([startLog(), startPostgres()]);
  const store = connectEventStore({ url: log.url });
  const logId = await ensureLog(store, 'test');
  const databaseUrl = postgres.url;
  const engine = runProjections({ databaseUrl, projections, source: store, release: 'test', log: quiet });
  const readModel = await openReadModel({ databaseUrl, log: quiet });
  return {
    store,
    readModel,
    superuserUrl: postgres.superuserUrl,
    tell: async (stream, ...facts) => {
      const events = facts.map(({ event, meta }) => ({ id: randomUUID(), ...event, metadata: meta }));
      const { position } = await store.append(stream, events, 'any');
      return { logId, position };
    },
    stop: async () => {
      await readModel.close();
      await engine.stop();
      await store.close();
      await log.remove();
      await postgres.stop();
    },
  };
}
