import { connectEventStore, type EventStore } from '@stemma/event-store';
import { projections } from '@stemma/projections';
import {
  ensureLog,
  openProjectionOps,
  openReadModel,
  type ProjectionOps,
  type ReadModel,
  type RecordedEvent,
} from '@stemma/read-model';
import { setTimeout as pause } from 'node:timers/promises';
import { type Parts, startParts } from '../../parts.js';
import { type Append, history } from '../../projections/history.js';
import { judgeRows } from './judge-rows.js';

/** The longest that a read model may take to heal by itself once everything is there again. */
const HEALS_MS = 90_000;
const LANES = 4;
/** Between the appends of a lane, so that logs stay short enough to be replayed often. */
const BETWEEN_MS = 60;

/** The parts under load, and a judge. */
export interface Scene {
  readonly parts: Parts;
  readonly ops: ProjectionOps;
  readonly store: EventStore;
  /** Goes on appending until `stop`, which resolves when the last append was accepted. */
  readonly load: () => { readonly stop: () => Promise<void> };
  /** Appends about so many events, and waits until they are accepted. */
  readonly tell: (events: number) => Promise<void>;
  /** Goes on with other scripts: what was told so far may no longer be there. */
  readonly forget: () => void;
  /** Waits until every projection shows the last event, which must be soon, then says what is wrong. */
  readonly judge: (withinMs?: number) => Promise<readonly string[]>;
  readonly events: () => Promise<readonly RecordedEvent[]>;
  readonly close: () => Promise<void>;
}

export async function openScene(): Promise<Scene> {
  const parts = await startParts(undefined, { api: false });
  const store = connectEventStore({ url: parts.eventstoreUrl });
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const readModel = await openReadModel({ databaseUrl: parts.databaseUrl, log });
  const logId = await ensureLog(store, 'soak');
  const ops = openProjectionOps({ databaseUrl: parts.databaseUrl, source: store });
  const teller = telling(store);
  const events = async (): Promise<readonly RecordedEvent[]> => {
    const all: RecordedEvent[] = [];
    for await (const event of store.readAll()) all.push(event);
    return all;
  };
  return {
    parts,
    store,
    events,
    ...teller,
    ops,
    judge: async (withinMs = HEALS_MS) => {
      const all = await events();
      const last = all.at(-1)?.position ?? -1n;
      const late = await healed(readModel, { logId, position: last }, withinMs);
      return late ?? judgeRows(parts.databaseUrl, projections, all);
    },
    async close() {
      await ops.close();
      await readModel.close();
      await store.close();
      await parts.stop();
    },
  };
}

async function healed(
  readModel: ReadModel,
  at: { readonly logId: string; readonly position: bigint },
  withinMs: number,
): Promise<readonly string[] | undefined> {
  try {
    await readModel.waitFor(projections, at, withinMs);
    return undefined;
  } catch (error) {
    return [`the read models do not heal: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** Appends at exact revisions, again and again until accepted, so that no fault of a server makes a hole in a life. */
function appending(store: EventStore): (append: Append) => Promise<void> {
  const revisions = new Map<string, bigint>();
  return async ({ stream, events }) => {
    for (;;) {
      try {
        const { revision } = await store.append(stream, events, revisions.get(stream) ?? 'no_stream');
        revisions.set(stream, revision);
        return;
      } catch {
        await pause(50);
      }
    }
  };
}

/** Tells lives of scripts, some at a time. */
function telling(store: EventStore): Pick<Scene, 'load' | 'tell' | 'forget'> {
  let appends = history(40, 'soak');
  const append = appending(store);
  const busy = new Map<string, Promise<void>>();
  const next = async (): Promise<number> => {
    const told = appends.next();
    if (told.done === true) return 0;
    const { stream, events } = told.value;
    const stored = (busy.get(stream) ?? Promise.resolve()).then(() => append(told.value));
    busy.set(stream, stored);
    await stored;
    return events.length;
  };
  const lanes = async (
    betweenMs: number,
    goesOn: () => boolean,
    onTold: (events: number) => void,
  ): Promise<void> => {
    const lane = async (): Promise<void> => {
      for (; goesOn(); await pause(betweenMs)) onTold(await next());
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  };
  return {
    forget: () => {
      appends = history(40, 'soak-again');
    },
    tell: async (wanted) => {
      let told = 0;
      await lanes(
        0,
        () => told < wanted,
        (events) => (told += events),
      );
    },
    load: () => {
      let going = true;
      const ended = lanes(
        BETWEEN_MS,
        () => going,
        () => undefined,
      );
      return {
        stop: () => {
          going = false;
          return ended;
        },
      };
    },
  };
}
