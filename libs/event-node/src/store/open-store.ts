import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AppendOutcome, AppendRequest } from './append-job.js';
import { type Backup, backupLog } from './backup-log.js';
import { lockDirectory } from './directory-lock.js';
import { createStreamEraser } from './erase-stream.js';
import { createIndexFlusher } from './index-flusher.js';
import { type LogIndex, openLogIndex } from './log-index.js';
import { createLogReader, type LogReader } from './log-reader.js';
import { createLogTail } from './log-tail.js';
import { createLogWriter, type DurableGroup } from './log-writer.js';
import { createMutex } from './mutex.js';
import { createRecentIds } from './recent-ids.js';
import type { LogEnd } from './record-run.js';
import { LOG_START, recoverLog } from './recover-log.js';
import { rememberRecent } from './remember-recent.js';
import { requireRoom } from './require-room.js';
import { openSegmentFiles, type SegmentFiles } from './segment-files.js';
import { createStreamHeads, type StreamHeads } from './stream-heads.js';
import { createStreamLookup, type StreamLookup } from './stream-lookup.js';
import { writeFirstEvents } from './write-first-events.js';

/** The log of one directory, open. */
export interface EventLog {
  readonly reader: LogReader;
  readonly lookup: StreamLookup;
  /** Resolves when durable; deletes resolve when the text is overwritten too. */
  readonly submit: (request: AppendRequest) => Promise<AppendOutcome>;
  /** Calls back after each durable group; returns the way to stop it. */
  readonly onAdvance: (listener: () => void) => () => void;
  readonly sizeOnDisk: () => number;
  /** Why the last write failed, until one succeeds again. */
  readonly problem: () => string | undefined;
  /** Copies the durable log to an empty directory while writing goes on. */
  readonly backup: (to: string) => Promise<Backup>;
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
  readonly onWarning: (message: string, error?: unknown) => void;
}

const SEGMENTS = 'segments';
const INDEX = 'index';

const TAIL_BYTES = 16 * 1024 * 1024;
const RECENT_IDS = 20_000;
const RECOVERY_FLUSH = 50_000;

/** Opens the log of a directory, made when missing; see {@link lockDirectory} and {@link recoverLog} for the refusals. */
export async function openEventLog(options: EventLogOptions): Promise<EventLog> {
  const lock = lockDirectory(options.dir);
  try {
    requireRoom(options.dir);
    const log = await openParts(options);
    return { ...log, close: () => log.close().finally(() => lock.release()) };
  } catch (error) {
    lock.release();
    throw error;
  }
}

interface Recovered {
  readonly files: SegmentFiles;
  readonly index: LogIndex;
  readonly heads: StreamHeads;
  readonly end: LogEnd;
}

async function openFiles(options: EventLogOptions): Promise<Recovered> {
  const segments = join(options.dir, SEGMENTS);
  mkdirSync(segments, { recursive: true, mode: 0o700 });
  const files = openSegmentFiles(segments, { mode: 'r+', size: options.segmentBytes });
  const index = openLogIndex(join(options.dir, INDEX));
  const heads = createStreamHeads(index);
  try {
    const end = recover(files, heads, index.indexedTo() ?? LOG_START, options);
    return { files, index, heads, end };
  } catch (error) {
    await index.close();
    files.close();
    throw error;
  }
}

async function openParts(options: EventLogOptions): Promise<EventLog> {
  const { files, index, heads, end } = await openFiles(options);
  const state: { end: LogEnd; problem: string | undefined } = { end, problem: undefined };
  const tail = createLogTail(TAIL_BYTES);
  const reader = createLogReader(files, tail, () => state.end.position);
  const lookup = createStreamLookup(heads, reader);
  const recent = createRecentIds(RECENT_IDS);
  await rememberRecent(reader, recent, RECENT_IDS).catch((error: unknown) =>
    options.onWarning('Not all recent event ids could be read.', error),
  );

  const advance = createAdvanceBell();
  const flusher = createIndexFlusher({
    heads,
    end: () => state.end,
    onFailure: (error) => options.onWarning('The index could not be written; it will be tried again.', error),
  });
  const onDurable = (group: DurableGroup): void => {
    Object.assign(state, { end: group.end, problem: undefined });
    options.onDurable?.(group);
    advance.ring();
    flusher.poke();
  };
  const onFailure = (error: unknown): void => {
    state.problem = error instanceof Error ? error.message : String(error);
    options.onWarning('The log could not be written.', error);
  };
  const writer = createLogWriter({
    ...options,
    files,
    tail,
    heads,
    lookup,
    recent,
    from: end,
    onDurable,
    onFailure,
  });
  const overwriting = createMutex();
  const eraser = createStreamEraser({ files, tail, lookup, index, writer, overwriting });
  await eraser.resume();
  if (end.position === LOG_START.position) await writeFirstEvents(writer);

  return {
    reader,
    lookup,
    submit: (request) => (request.change.kind === 'append' ? writer.submit(request) : eraser.submit(request)),
    onAdvance: advance.listen,
    sizeOnDisk: () => sizeOf(files),
    problem: () => state.problem,
    backup: (to) => overwriting(() => backupLog({ files, index, end: () => state.end.position }, to)),
    finishWrites: () => writer.close(),
    async close() {
      await writer.close();
      flusher.close();
      await index.close();
      files.close();
    },
  };
}

interface AdvanceBell {
  readonly ring: () => void;
  readonly listen: (listener: () => void) => () => void;
}

function createAdvanceBell(): AdvanceBell {
  const listeners = new Set<() => void>();
  return {
    ring: () => listeners.forEach((listener) => listener()),
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function recover(
  files: SegmentFiles,
  heads: StreamHeads,
  from: LogEnd,
  { onWarning }: EventLogOptions,
): LogEnd {
  const { end, cutBytes } = recoverLog(files, from, (events, to) => {
    events.forEach((event) => heads.record(event));
    if (heads.fresh() >= RECOVERY_FLUSH) heads.flush(to);
  });
  if (cutBytes > 0) onWarning(`Cut ${cutBytes} bytes of unacknowledged appends off the log.`);
  return end;
}

function sizeOf(files: SegmentFiles): number {
  let bytes = 0;
  for (let segment = 0; segment < files.count(); segment += 1) bytes += files.used(segment);
  return bytes;
}
