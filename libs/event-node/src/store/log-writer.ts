import { type AppendGroup, createAppendGroup } from './append-group.js';
import type { LogEnd, Piece } from './record-run.js';
import type { AppendOutcome, AppendRequest } from './append-job.js';
import { applyChange, type ChangeContext } from './apply-change.js';
import type { LogTail } from './log-tail.js';
import { SEGMENT_HEADER_BYTES, type SegmentFiles } from './segment-files.js';
import { LogUnavailableError } from './store-errors.js';
import type { StreamHeads } from './stream-heads.js';

/** The only writer: takes requests in order, gathers those that wait into one group, one flush for all of them. */
export interface LogWriter {
  /** Resolves when the outcome is on disk (or nothing was to be stored); rejects when the log cannot take writes. */
  readonly submit: (request: AppendRequest) => Promise<AppendOutcome>;
  /** Finishes what was submitted; later requests are refused. */
  readonly close: () => Promise<void>;
}

export interface LogWriterParts extends ChangeContext {
  readonly files: SegmentFiles;
  readonly tail: LogTail;
  readonly heads: StreamHeads;
  readonly from: LogEnd;
  /** Called with each durable group, before its requests are answered. */
  readonly onDurable: (group: DurableGroup) => void;
  readonly onFailure: (error: unknown) => void;
}

export interface DurableGroup {
  readonly requests: number;
  readonly events: number;
  readonly bytes: number;
  readonly commitMs: number;
  readonly end: LogEnd;
}

interface Waiting {
  readonly request: AppendRequest;
  readonly resolve: (outcome: AppendOutcome) => void;
  readonly reject: (error: Error) => void;
}

const GROUP_REQUESTS = 1024;
const GROUP_BYTES = 4 * 1024 * 1024;

export function createLogWriter(parts: LogWriterParts): LogWriter {
  const queue: Waiting[] = [];
  let end = parts.from;
  let running: Promise<void> | undefined;
  let closed = false;

  const run = async (): Promise<void> => {
    // Lets everything that arrived in this turn of the event loop join the group.
    await new Promise(setImmediate);
    while (queue.length > 0) end = await runGroup(parts, queue, end);
    running = undefined;
  };

  return {
    submit: (request) =>
      new Promise((resolve, reject) => {
        if (closed) {
          reject(new LogUnavailableError('The event node is stopping and takes no more writes.'));
          return;
        }
        queue.push({ request, resolve, reject });
        running ??= run();
      }),
    async close() {
      closed = true;
      await running;
    },
  };
}

async function runGroup(parts: LogWriterParts, queue: Waiting[], from: LogEnd): Promise<LogEnd> {
  const started = performance.now();
  const group = createAppendGroup(from, parts.files.size, parts.now());
  const taken: { readonly waiting: Waiting; readonly outcome: AppendOutcome }[] = [];
  while (queue.length > 0 && taken.length < GROUP_REQUESTS && group.bytes() < GROUP_BYTES) {
    const waiting = queue.shift();
    if (waiting === undefined) break;
    try {
      taken.push({ waiting, outcome: applyChange(group, parts, waiting.request) });
    } catch (error) {
      waiting.reject(asError(error));
    }
  }
  const pieces = group.pieces();
  try {
    await writePieces(parts, pieces);
  } catch (error) {
    parts.onFailure(error);
    undoWrite(parts, from);
    taken.forEach(({ waiting }) => waiting.reject(unavailable(error)));
    return from;
  }
  publish(parts, group, pieces);
  parts.onDurable({
    requests: taken.length,
    events: group.events().length,
    bytes: group.bytes(),
    commitMs: performance.now() - started,
    end: group.end(),
  });
  taken.forEach(({ waiting, outcome }) => waiting.resolve(outcome));
  return group.end();
}

async function writePieces({ files }: LogWriterParts, pieces: readonly Piece[]): Promise<void> {
  for (const { position, bytes } of pieces) {
    const segment = Math.floor(position / files.size);
    while (segment >= files.count()) files.append();
    files.write(position, bytes);
    await files.sync(segment);
  }
}

function publish(
  { tail, heads, recent, lookup }: LogWriterParts,
  group: AppendGroup,
  pieces: readonly Piece[],
): void {
  for (const piece of pieces) tail.push(piece.position, piece.bytes);
  for (const event of group.events()) {
    heads.record(event);
    recent.remember(event.id, event);
    lookup.changed(event.stream);
  }
}

/** Cuts off what a failed write may have left, so that it can never be taken for records. */
function undoWrite({ files, onFailure }: LogWriterParts, from: LogEnd): void {
  const segment = Math.floor(from.position / files.size);
  try {
    files.truncate(from.position);
    for (let later = segment + 1; later < files.count(); later += 1)
      files.truncate(later * files.size + SEGMENT_HEADER_BYTES);
  } catch (error) {
    onFailure(error);
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

function unavailable(error: unknown): LogUnavailableError {
  const { message } = asError(error);
  return new LogUnavailableError(
    `The log could not be written (${message}); nothing of this request was stored. Check space and permissions of the data directory, then try again.`,
    { cause: error },
  );
}
