import { appending } from './append.js';
import { sendAppend } from './batch-append/append-call.js';
import type { Credentials } from './connection-string.js';
import { openConnection } from './connection.js';
import type { EventStore } from './event-store.js';
import { decodingLate, decodingNow } from './lazy-event.js';
import type { Log } from './log.js';
import { allReading, batchReading, endOfLogReading } from './read.js';
import { logReading, type ReadRaw } from './read-log.js';
import { streamReading } from './read-stream.js';
import { deleting } from './delete-stream.js';
import { subscribing } from './subscribe.js';
import { composeUpcasters, type Upcaster } from './upcasters.js';

/** How long to wait and to repeat. Milliseconds. */
export interface Timing {
  /** An append of unknown outcome is repeated for so long. */
  readonly appendMs: number;
  /** A read is repeated for so long without one new event. */
  readonly readMs: number;
  /** One attempt of either may be silent for so long. */
  readonly attemptMs: number;
  /** A subscription may be silent for so long before the server is asked whether it is still there. */
  readonly silenceMs: number;
}

export interface ConnectOptions {
  /** `esdb://host:port?tls=false`, `esdb+discover://…`, with the client's options. */
  readonly url: string;
  readonly credentials?: Credentials;
  readonly upcasters?: readonly Upcaster[];
  readonly log?: Log;
  readonly timing?: Partial<Timing>;
}

/** The log as bytes, for hashing, copying and fast rebuilds (HAZARDS H12). No upcaster touches them. */
export interface RawLog {
  readonly readRaw: ReadRaw;
}

const TIMING: Timing = { appendMs: 10_000, readMs: 10_000, attemptMs: 4_000, silenceMs: 15_000 };

/**
 * The event store behind `url`. Nothing is connected until the first call; connect once per process, for the client
 * shares one table of appends between all its instances (HAZARDS H5). Throws only for a URL that cannot be read.
 */
export function connectEventStore(options: ConnectOptions): EventStore & RawLog {
  const { url, credentials, log = () => undefined } = options;
  const patience = { ...TIMING, ...options.timing };
  const connection = openConnection(url, log, credentials);
  const { upcasters = [] } = options;
  const upcast = composeUpcasters(upcasters);
  const upcastTypes = new Set(upcasters.map(({ from }) => from.type));
  const recorded = decodingLate(upcast, (type) => upcastTypes.has(type));
  const recordedNow = decodingNow(upcast);
  const readStream = streamReading({ connection, recorded: recordedNow, patience });
  const readLog = logReading(connection, patience);
  const endOfLog = endOfLogReading(readLog);
  return {
    append: appending({ connection, send: sendAppend, readStream, patience }),
    deleteStream: deleting({ connection, patience }),
    readStream,
    readAll: allReading(readLog, recordedNow),
    readRaw: readLog,
    readBatches: batchReading(readLog, recorded),
    subscribe: subscribing({ connection, recorded, log, endOfLog, patience }),
    close: () => connection.close(),
  };
}
