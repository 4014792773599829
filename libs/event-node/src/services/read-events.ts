import { randomUUID } from 'node:crypto';
import { readableRange } from '../store/read-stream.js';
import { recordStream, recordType, type StoredRecord } from '../store/record.js';
import { streamDeleted } from '../wire/grpc-errors.js';
import type { EventFilter, ReadPlan } from '../wire/read-plan.js';
import {
  confirmationResponse,
  eventResponse,
  firstRevisionResponse,
  lastRevisionResponse,
  resolvedResponse,
  streamNotFoundResponse,
} from '../wire/read-responses.js';
import type { CallSink } from '../grpc/server-call.js';
import type { NodeParts } from './node-parts.js';
import { recordSource } from './record-source.js';
import { resolveLink } from './resolve-link.js';

export const passes = (filter: EventFilter | undefined, record: StoredRecord): boolean =>
  filter === undefined || filter.matches(filter.on === 'stream' ? recordStream(record) : recordType(record));

export const confirmation = (): Buffer => confirmationResponse(randomUUID());

/** The ReadResp that the plan asks for. */
export function responseFor({ log }: NodeParts, plan: ReadPlan, record: StoredRecord): Buffer {
  if (!plan.resolveLinks && !plan.structuredIds) return eventResponse(record);
  const resolved = plan.resolveLinks ? resolveLink(log.lookup, record) : { event: record, link: undefined };
  return resolvedResponse(resolved, plan.structuredIds);
}

/** Sends up to `count` events and ends the call. */
export async function readEvents(parts: NodeParts, plan: ReadPlan, sink: CallSink): Promise<void> {
  if (plan.source.kind === 'all') {
    await sendEvents(parts, plan, sink);
    sink.end();
    return;
  }
  const range = readableRange(parts.log.lookup, plan.source.stream, parts.now());
  if (range.kind === 'deleted') {
    sink.fail(streamDeleted(plan.source.stream));
    return;
  }
  if (range.kind === 'not-found') {
    void sink.send(streamNotFoundResponse(plan.source.stream));
  } else {
    if (range.first > 0) void sink.send(firstRevisionResponse(range.first));
    await sendEvents(parts, plan, sink);
    void sink.send(lastRevisionResponse(range.last));
  }
  sink.end();
}

async function sendEvents(parts: NodeParts, plan: ReadPlan, sink: CallSink): Promise<void> {
  const source = recordSource({ ...parts.log, now: () => parts.now() }, plan);
  let left = plan.count;
  while (left > 0 && sink.isOpen()) {
    const records = await source.next();
    if (records.length === 0) return;
    const wanted = records.filter((record) => passes(plan.filter, record)).slice(0, left);
    left -= wanted.length;
    await sendAll(parts, plan, wanted, sink);
  }
}

async function sendAll(
  parts: NodeParts,
  plan: ReadPlan,
  records: readonly StoredRecord[],
  sink: CallSink,
): Promise<void> {
  for (const record of records) {
    const pressure = sink.send(responseFor(parts, plan, record));
    if (pressure !== undefined) await pressure;
    if (!sink.isOpen()) return;
  }
}
