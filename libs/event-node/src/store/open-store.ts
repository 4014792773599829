import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LogEnd } from './record-run.js';
import type { AppendOutcome, AppendRequest } from './append-job.js';
import { nodeEvent } from './apply-change.js';
import { lockDirectory } from './directory-lock.js';
import { eraseStream } from './erase-stream.js';
import { type LogIndex, openLogIndex } from './log-index.js';
import { createLogReader, type LogReader } from './log-reader.js';
import { createLogTail } from './log-tail.js';
import { createLogWriter, type DurableGroup, type LogWriter } from './log-writer.js';
import { createRecentIds, type RecentIds } from './recent-ids.js';
import { recordId, recordStream } from './record.js';
import { recoverLog } from './recover-log.js';
import { openSegmentFiles, SEGMENT_HEADER_BYTES, type SegmentFiles } from './segment-files.js';
import { createStreamHeads, type StreamHeads } from './stream-heads.js';
import { createStreamLookup, type StreamLookup } from './stream-lookup.js';

/** The log of one directory, open. */
export interface EventLog {
  readonly reader: LogReader;
  readonly lookup: StreamLookup;
  /** Resolves when durable; deletes resolve when the text is overwritten too. */
  readonly submit: (request: AppendRequest) => Promise<AppendOutcome>;
  /** Calls back after each durable group; returns the way to stop it. */
  readonly onAdvance: (listener: () => void) => () => void;
  readonly sizeOnDisk: () => number;
  readonly backup: (to: string) => Promise<void>;
  /** Writes what was submitted; later requests are refused. */
  readonly finishWrites: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface EventLogOptions {
  readonly dir: string;
  readonly maxAppendBytes: number;
  readonly segmentBytes: number;
  readonly now: () => number;
  readonly onDurable?: (group: DurableGroup) => void;
  readonly onWarning?: (message: string, error?: unknown) => void;
}

const TAIL_BYTES = 16 * 1024 * 1024;
const RECENT_IDS = 20_000;
const FLUSH_EVENTS = 4096;
const FLUSH_MS = 250;

export async function openEventLog(options: EventLogOptions): Promise<EventLog> {
  const lock = lockDirectory(options.dir);
  try {
    const log = await openParts(options);
    return { ...log, close: () => log.close().finally(() => lock.release()) };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function openParts(options: EventLogOptions): Promise<EventLog> {
  const segments = join(options.dir, 'segments');
  mkdirSync(segments, { recursive: true, mode: 0o700 });
  const files = openSegmentFiles(segments, options.segmentBytes);
  const index = openLogIndex(join(options.dir, 'index'));
  const heads = createStreamHeads(index);
  const recovered = recoverLog(files, index.indexedTo() ?? START, (event) => heads.record(event));
  if (recovered.cutBytes > 0)
    options.onWarning?.(`Cut ${recovered.cutBytes} bytes of unacknowledged appends off the log.`);
  const state: { end: LogEnd } = { end: recovered.end };
  const tail = createLogTail(TAIL_BYTES);
  const reader = createLogReader(files, tail, () => state.end.position);
  const lookup = createStreamLookup(heads, reader);
  const recent = createRecentIds(RECENT_IDS);
  await remindIds(reader, recent);
  const listeners = new Set<() => void>();
  const flusher = createFlusher(heads, () => state.end, options);
  const onDurable = (group: DurableGroup): void => {
    state.end = group.end;
    options.onDurable?.(group);
    listeners.forEach((listener) => listener());
    flusher.poke();
  };
  const writer = createLogWriter({
    files,
    tail,
    heads,
    lookup,
    recent,
    from: recovered.end,
    maxAppendBytes: options.maxAppendBytes,
    now: options.now,
    onDurable,
    onFailure: (error) => options.onWarning?.('The log could not be written.', error),
  });
  const eraser = createEraser({ files, tail, lookup, index, writer });
  await eraser.resume();
  if (recovered.end.position === START.position) await writeFirstEvents(writer);
  return {
    reader,
    lookup,
    submit: (request) => (request.change.kind === 'append' ? writer.submit(request) : eraser.submit(request)),
    onAdvance(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    sizeOnDisk: () => sizeOf(files),
    backup: (to) => index.backup(to),
    finishWrites: () => writer.close(),
    async close() {
      await writer.close();
      await flusher.close();
      await index.close();
      files.close();
    },
  };
}

const START: LogEnd = { position: SEGMENT_HEADER_BYTES, crc: 0 };

/** A real server's `$all` is never empty; neither is ours (HAZARDS E9). */
async function writeFirstEvents(writer: LogWriter): Promise<void> {
  const events: readonly [string, string, string][] = [
    ['$$$node', '$metadata', '{"$maxCount":1000,"$acl":{"$r":"$all","$w":"$admins"}}'],
    ['$node', '$nodeInitialised', '{"node":"stemma-event-node","format":1}'],
  ];
  for (const [stream, type, json] of events) {
    await writer.submit({
      stream,
      expected: 'any',
      change: { kind: 'append', events: [nodeEvent(type, Buffer.from(json))] },
    });
  }
}

async function remindIds(reader: LogReader, recent: RecentIds): Promise<void> {
  let found: (readonly [string, string, number])[] = [];
  let position = reader.end();
  while (found.length < RECENT_IDS) {
    const page = await reader.backwards(position);
    if (page.records.length === 0) break;
    position = page.next;
    found = found.concat(
      page.records.map(
        (record) => [recordId(record).toString('latin1'), recordStream(record), record.revision] as const,
      ),
    );
  }
  for (const [id, stream, revision] of found.reverse()) recent.remember(id, { stream, revision });
}

interface Flusher {
  readonly poke: () => void;
  readonly close: () => Promise<void>;
}

/** Brings the index after the log: soon when idle, in large batches under load. */
function createFlusher(heads: StreamHeads, end: () => LogEnd, options: EventLogOptions): Flusher {
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const schedule = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      flush();
    }, FLUSH_MS);
  };
  const flush = (): void => {
    running ??= heads
      .flush(end())
      .catch((error: unknown) =>
        options.onWarning?.('The index could not be written; it will be tried again.', error),
      )
      .finally(() => {
        running = undefined;
        if (heads.fresh() > 0 && !closed) schedule();
      });
  };
  return {
    poke() {
      if (heads.fresh() >= FLUSH_EVENTS) flush();
      schedule();
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await running;
      const last = (): Promise<void> => heads.flush(end());
      await last()
        .then(last)
        .catch((error: unknown) =>
          options.onWarning?.('The index was not written; the next start does it.', error),
        );
    },
  };
}

interface EraserParts {
  readonly files: SegmentFiles;
  readonly tail: ReturnType<typeof createLogTail>;
  readonly lookup: StreamLookup;
  readonly index: LogIndex;
  readonly writer: LogWriter;
}

/** Deletes with erasure: noted before the delete is written, so that a crash between the two finishes it later. */
function createEraser({ files, tail, lookup, index, writer }: EraserParts): {
  submit(request: AppendRequest): Promise<AppendOutcome>;
  resume(): Promise<void>;
} {
  const pending = new Map<string, number>();
  const note = (stream: string, by: number): Promise<void> => {
    const count = (pending.get(stream) ?? 0) + by;
    if (count > 0) pending.set(stream, count);
    else pending.delete(stream);
    return index.setPendingErasures([...pending.keys()]);
  };
  const erase = (stream: string, before: number): Promise<number> =>
    eraseStream({ files, tail, lookup }, stream, before);
  return {
    async submit(request) {
      await note(request.stream, 1);
      try {
        const outcome = await writer.submit(request);
        // An append may already have revived the stream: what came after the delete stays.
        const before = Math.min(lookup.head(request.stream).last, revisionOf(outcome)) + 1;
        await erase(request.stream, before);
        return outcome;
      } finally {
        await note(request.stream, -1);
      }
    },
    async resume() {
      for (const stream of index.pendingErasures()) {
        const { last, tombstoned } = lookup.head(stream);
        await erase(
          stream,
          tombstoned ? last + 1 : Math.min(last + 1, lookup.metadata(stream).truncateBefore),
        );
      }
      await index.setPendingErasures([]);
    },
  };
}

const revisionOf = (outcome: AppendOutcome): number => (outcome.kind === 'stored' ? outcome.revision : -1);

function sizeOf(files: SegmentFiles): number {
  let bytes = 0;
  for (let segment = 0; segment < files.count(); segment += 1) bytes += files.used(segment);
  return bytes;
}
