import type { Checkpoint } from '../database/checkpoint.js';
import type { BuildRef } from '../database/names.js';
import type { Drops } from '../log/drops.js';
import type { EventSource, RecordedEvent } from '../log/event-source.js';
import type { Projection } from '../projection/projection.js';
import { freshRows } from '../rows/row-store.js';
import type { Bell } from '../waiting/bell.js';
import { untilAborted } from '../waiting/until-aborted.js';
import type { Committed } from './commit-events.js';
import type { CommitGroup } from './commit-group.js';
import type { Feed } from './feed.js';
import { requireSameLog } from './require-same-log.js';
import { openWriter, type Writer } from './writer.js';
import type { WriterSession } from './writer-session.js';

export interface Followed {
  readonly projection: Projection;
  readonly build: BuildRef;
  readonly source: EventSource;
  readonly feed: Feed;
  readonly group: CommitGroup;
  readonly logId: string;
  readonly drops: Drops;
  /** Rings when parked streams may have to be tried again. */
  readonly pokes: Bell;
  readonly onProgress: (progress: Followance) => void;
}

/** Where a build that follows the log is: after every commit, and when nothing is left to do. */
export interface Followance {
  readonly checkpoint: Checkpoint;
  /** How many streams are parked. */
  readonly parked: number;
  /** What was just committed, if anything was. */
  readonly committed?: Committed;
  /** How long that took. */
  readonly tookMs?: number;
  /** Whether this is the end of the log. */
  readonly caughtUp: boolean;
}

/** The most events that are folded in one transaction: of the feed, and of the log while catching up. */
const BATCH = 500;
const PAGE = 2_000;

/**
 * Keeps a build up to date until the session's signal aborts: commits at once when idle, gathers while a commit runs, in
 * one transaction with the other builds that follow the same feed.
 * Reads the log to its end until the feed has what comes next, and again whenever it falls behind the feed.
 *
 * @throws Refusal when somebody must act; anything else may be tried again
 */
export async function followBuild({ client, signal }: WriterSession, followed: Followed): Promise<void> {
  const { build, projection, drops, feed, pokes, source, logId } = followed;
  const rows = freshRows(client, build, projection);
  const writer = await openWriter({ sql: client, build, projection, drops, rows });
  const step = { ...followed, writer, signal };
  followed.onProgress({ checkpoint: writer.checkpoint, parked: writer.parked, caughtUp: false });
  let covered = positionOf(writer);
  const seen = { ends: -1, pokes: -1 };
  for (;;) {
    signal.throwIfAborted();
    const woken = Promise.race([feed.changed, pokes.next]);
    if (seen.ends !== feed.caughtUp) {
      seen.ends = feed.caughtUp;
      await requireSameLog(source, logId, build, writer.checkpoint);
    }
    if (seen.pokes !== pokes.rings) {
      seen.pokes = pokes.rings;
      await writer.retry(source);
    }
    const reached = await takeNext(step, covered);
    if (reached > covered) {
      covered = reached;
      continue;
    }
    followed.onProgress({
      checkpoint: writer.checkpoint,
      parked: writer.parked,
      caughtUp: feed.caughtUp > 0,
    });
    await untilAborted(woken, signal);
  }
}

interface Step extends Followed {
  readonly writer: Writer;
  readonly signal: AbortSignal;
}

const positionOf = ({ checkpoint }: Writer): bigint => checkpoint.considered?.position ?? -1n;

/** Up to where everything is committed now: further than `covered` unless there is nothing new. */
async function takeNext(step: Step, covered: bigint): Promise<bigint> {
  const { feed, group, writer } = step;
  const events = feed.after(covered, BATCH);
  if (events === undefined) return catchUp(step, covered);
  if (events.length > 0) await noted(step, () => writer.commitWith(group, events));
  return events.at(-1)?.position ?? covered;
}

/** Reads the log from the checkpoint to its end, and so past everything that the feed knew before. */
async function catchUp(step: Step, covered: bigint): Promise<bigint> {
  const { feed, source, writer, signal } = step;
  const { head } = feed;
  const after = writer.checkpoint.considered?.position;
  let page: RecordedEvent[] = [];
  for await (const batch of source.readBatches({ ...(after === undefined ? {} : { after }), signal })) {
    for (const event of batch) page.push(event);
    if (page.length < PAGE) continue;
    await commit(step, page);
    page = [];
  }
  signal.throwIfAborted();
  await commit(step, page);
  const reached = positionOf(writer);
  return [covered, head].reduce((furthest, position) => (position > furthest ? position : furthest), reached);
}

async function commit(step: Step, events: readonly RecordedEvent[]): Promise<void> {
  if (events.length > 0) await noted(step, () => step.writer.commit(events));
}

async function noted({ writer, onProgress }: Step, commits: () => Promise<Committed>): Promise<void> {
  const began = performance.now();
  const committed = await commits();
  const tookMs = performance.now() - began;
  onProgress({ checkpoint: writer.checkpoint, parked: writer.parked, committed, tookMs, caughtUp: false });
  if (committed.refusal) throw committed.refusal;
}
