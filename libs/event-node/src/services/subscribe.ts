import { readableRange } from '../store/read-stream.js';
import type { StoredRecord } from '../store/record.js';
import { streamDeleted } from '../wire/grpc-errors.js';
import type { ReadPlan } from '../wire/read-plan.js';
import { caughtUpResponse, checkpointResponse, fellBehindResponse } from '../wire/read-responses.js';
import type { CallSink } from '../grpc/server-call.js';
import type { NodeParts } from './node-parts.js';
import { confirmation, passes, responseFor } from './read-events.js';
import { recordSource, type RecordSource } from './record-source.js';

/** Events behind the end at which a live subscriber counts as having fallen behind. */
const FELL_BEHIND_BYTES = 4 * 1024 * 1024;

/**
 * Follows the log for as long as the call lives: what is there, then `caughtUp`, then what comes. It reads from the log
 * at the subscriber's pace, so a slow one costs no memory.
 */
export async function subscribe(parts: NodeParts, plan: ReadPlan, sink: CallSink): Promise<void> {
  void sink.send(confirmation());
  const follower = createFollower(parts, plan, sink);
  const source = recordSource({ ...parts.log, now: () => parts.now() }, plan);
  const bell = createBell();
  sink.onClose(parts.log.onAdvance(bell.ring));
  sink.onClose(bell.ring);
  sink.onClose(parts.subscribers.add(() => follower.lag()));
  while (sink.isOpen()) {
    const heard = bell.listen();
    if (
      plan.source.kind === 'stream' &&
      readableRange(parts.log.lookup, plan.source.stream, 0).kind === 'deleted'
    ) {
      sink.fail(streamDeleted(plan.source.stream));
      return;
    }
    const caughtUp = await catchUp(source, follower, sink);
    if (caughtUp) follower.atEnd();
    await heard;
  }
}

async function catchUp(source: RecordSource, follower: Follower, sink: CallSink): Promise<boolean> {
  for (let records = await source.next(); records.length > 0; records = await source.next()) {
    for (const record of records) {
      const pressure = follower.consider(record);
      if (pressure !== undefined) await pressure;
      if (!sink.isOpen()) return false;
    }
  }
  return true;
}

interface Follower {
  readonly consider: (record: StoredRecord) => Promise<void> | undefined;
  /** Everything that is durable has been considered. */
  readonly atEnd: () => void;
  /** Bytes of log not yet considered. */
  readonly lag: () => number;
}

/** HAZARDS E6: a checkpoint every so many considered events and once on going live. */
function createFollower(parts: NodeParts, plan: ReadPlan, sink: CallSink): Follower {
  const { filter } = plan;
  let live = false;
  let wentLive = false;
  let atEnd = false;
  let considered = 0;
  let last = -1;
  const checkpoint = (position: number): Promise<void> | undefined => {
    considered = 0;
    return sink.send(checkpointResponse(position));
  };
  return {
    consider(record) {
      last = record.position;
      atEnd = false;
      if (live && parts.log.reader.end() - last > FELL_BEHIND_BYTES) {
        live = false;
        void sink.send(fellBehindResponse());
      }
      const pressure = passes(filter, record) ? sink.send(responseFor(parts, plan, record)) : undefined;
      considered += 1;
      if (filter === undefined || considered < filter.checkpointEvery) return pressure;
      return checkpoint(last) ?? pressure;
    },
    lag: () => (atEnd ? 0 : parts.log.reader.end() - Math.max(last, 0)),
    atEnd() {
      atEnd = true;
      if (live) return;
      if (!wentLive && filter !== undefined && last >= 0) void checkpoint(last);
      live = true;
      wentLive = true;
      void sink.send(caughtUpResponse());
    },
  };
}

interface Bell {
  readonly ring: () => void;
  /** Resolves at the next ring after this call. */
  readonly listen: () => Promise<void>;
}

function createBell(): Bell {
  let ring: () => void = () => undefined;
  return {
    ring: () => ring(),
    listen: () =>
      new Promise((resolve) => {
        ring = resolve;
      }),
  };
}
