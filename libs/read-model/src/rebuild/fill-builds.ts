import type pg from 'pg';
import type { BuildRef } from '../database/names.js';
import type { Drops } from '../log/drops.js';
import type { EventSource, RecordedEvent } from '../log/event-source.js';
import type { Projection } from '../projection/projection.js';
import { cachedRows } from '../rows/row-store.js';
import type { CommitAhead } from '../live/commit-ahead.js';
import { requireSameLog } from '../live/require-same-log.js';
import { openWriter, type Writer } from '../live/writer.js';
import { eager, type Politeness } from './politeness.js';

/** A build to be filled, by the one who holds its lock. */
export interface Filling {
  readonly projection: Projection;
  readonly build: BuildRef;
  readonly client: pg.Client;
  /** The last position to consider; null for the end of the log. */
  readonly stopAt: bigint | null;
}

export interface FillOptions {
  readonly source: EventSource;
  readonly logId: string;
  readonly drops: Drops;
  readonly signal: AbortSignal;
  /** At full speed when absent. */
  readonly politeness?: Politeness;
  /** Called after every page with the position reached and how many events it had. */
  readonly onPage?: (position: bigint, events: number) => void;
}

/** Of rows that are kept in memory, per build: those that events will soon look at again. */
const ROW_BYTES = 8 * 1024 * 1024;
/** Of events that are folded in one transaction. */
const PAGE_BYTES = 4 * 1024 * 1024;

/** A crash may lose the last transactions, but only whole ones: rows and checkpoint go together. */
const SETTINGS = 'SET LOCAL synchronous_commit = off';

/**
 * Fills builds in one pass over the log, each from its own checkpoint on: while a page is written, the next one is read
 * and folded. Returns the writers, in order, which stand at their `stopAt` or at the end of the log.
 *
 * @throws Refusal when one of them meets an event that is not known, or was begun on another log
 */
export async function fillBuilds(
  fillings: readonly Filling[],
  options: FillOptions,
): Promise<readonly Writer[]> {
  const { source, signal, politeness = eager } = options;
  const targets = await Promise.all(fillings.map((filling) => openTarget(filling, options)));
  const after = targets
    .map(({ writer }) => positionOf(writer))
    .reduce((least, at) => (at < least ? at : least));
  const furthest = targets.some(({ stopAt }) => stopAt === null)
    ? null
    : targets.map(({ stopAt }) => stopAt ?? 0n).reduce((most, at) => (at > most ? at : most));
  let resting: Promise<void> = Promise.resolve();
  let page: RecordedEvent[] = [];
  let bytes = 0;
  const turnPage = async () => {
    const events = page;
    page = [];
    bytes = 0;
    await resting;
    signal.throwIfAborted();
    const took = await commitPage(targets, events, options);
    resting = politeness.rest(took, signal);
    // It is awaited before the next page; until then that it is aborted is nobody's failure.
    resting.catch(() => undefined);
  };
  for await (const batch of source.readBatches({ ...(after < 0n ? {} : { after }), signal })) {
    const wanted = furthest === null ? batch : batch.filter(({ position }) => position <= furthest);
    for (const event of wanted) {
      bytes += event.bytes ?? 0;
      if (page.push(event) >= politeness.pageSize() || bytes >= PAGE_BYTES) await turnPage();
    }
    if (wanted.length < batch.length) break;
  }
  await turnPage();
  await Promise.all(targets.map(({ ahead }) => ahead.finish()));
  return targets.map(({ writer }) => writer);
}

interface Target extends Filling {
  readonly writer: Writer;
  readonly ahead: CommitAhead;
}

const positionOf = ({ checkpoint }: Writer): bigint => checkpoint.considered?.position ?? -1n;

async function openTarget(filling: Filling, { source, logId, drops }: FillOptions): Promise<Target> {
  const { client, build, projection } = filling;
  let isEmpty = false;
  const rows = cachedRows(client, build, projection, { bytes: ROW_BYTES, isEmpty: () => isEmpty });
  const writer = await openWriter({ sql: client, build, projection, drops, rows, settings: SETTINGS });
  isEmpty = writer.checkpoint.considered === null;
  await requireSameLog(source, logId, build, writer.checkpoint);
  return { ...filling, writer, ahead: writer.ahead() };
}

/** Folds a page into all targets; the one before it is written then, and this one on its way. In milliseconds. */
async function commitPage(
  targets: readonly Target[],
  events: readonly RecordedEvent[],
  { onPage, politeness = eager }: FillOptions,
): Promise<number> {
  const began = performance.now();
  await Promise.all(targets.map((target) => commitTo(target, events)));
  if (politeness.isBusy()) await Promise.all(targets.map(({ ahead }) => ahead.finish()));
  const last = events.at(-1);
  if (last) onPage?.(last.position, events.length);
  return performance.now() - began;
}

const commitTo = ({ ahead, stopAt }: Target, events: readonly RecordedEvent[]): Promise<void> =>
  ahead.commit(stopAt === null ? events : events.filter(({ position }) => position <= stopAt));
