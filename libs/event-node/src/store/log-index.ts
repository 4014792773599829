import { crc32 } from 'node:zlib';
import { open, TransactionFlags, type Database, type RootDatabase } from 'lmdb';
import { DamagedLogError } from './store-errors.js';
import { revisionKey, streamKey } from './stream-key.js';

/** Place of a record in the log. */
export interface RecordPlace {
  readonly position: number;
  readonly length: number;
}

/** What the index knows of a stream. `last` is -1 when it only has a tombstone. */
export interface IndexedHead {
  readonly last: number;
  readonly tombstoned: boolean;
}

/** Up to where the index has followed the log: the next record's position and the crc that it must name. */
export interface IndexedTo {
  readonly position: number;
  readonly crc: number;
}

/** A stream's new head, and the places of its revisions from `from` on. */
export interface IndexedStream {
  readonly head: IndexedHead;
  readonly from: number;
  readonly places: readonly RecordPlace[];
}

export interface IndexBatch {
  readonly streams: ReadonlyMap<string, IndexedStream>;
  readonly to: IndexedTo;
}

/**
 * The LMDB side of the log: where each revision of each stream lies. It can always be rebuilt from the records, and
 * may lag behind them; it never holds anything that a client wrote but stream names' hashes.
 */
export interface LogIndex {
  readonly head: (stream: string) => IndexedHead | undefined;
  readonly place: (stream: string, revision: number) => RecordPlace | undefined;
  readonly indexedTo: () => IndexedTo | undefined;
  /** One transaction; throws, and changes nothing, when it cannot be written. */
  readonly apply: (batch: IndexBatch) => void;
  readonly pendingErasures: () => readonly PendingErasure[];
  /** Durable on return. */
  readonly setPendingErasures: (erasures: readonly PendingErasure[]) => void;
  readonly databases: () => IndexDatabases;
  readonly backup: (path: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A delete that is about to be written, and the stream's last revision when it was asked for. */
export interface PendingErasure {
  readonly stream: string;
  readonly last: number;
}

export interface IndexDatabases {
  readonly heads: Database<Buffer, Buffer>;
  readonly places: Database<Buffer, Buffer>;
}

const PLACE_BYTES = 10;
const HEAD_BYTES = 11;

export function openLogIndex(path: string, { readOnly = false } = {}): LogIndex {
  const root: RootDatabase<Buffer, Buffer> = open({
    path,
    encoding: 'binary',
    keyEncoding: 'binary',
    maxDbs: 4,
    readOnly,
  });
  const databases: IndexDatabases = {
    heads: root.openDB({ name: 'heads', encoding: 'binary', keyEncoding: 'binary' }),
    places: root.openDB({ name: 'places', encoding: 'binary', keyEncoding: 'binary' }),
  };
  const about = root.openDB<Buffer, Buffer>({ name: 'about', encoding: 'binary', keyEncoding: 'binary' });
  return {
    head(stream) {
      const key = streamKey(stream);
      return decodeHead(key, databases.heads.getBinaryFast(key));
    },
    place: (stream, revision) =>
      decodePlace(databases.places.getBinaryFast(revisionKey(streamKey(stream), revision))),
    indexedTo: () => decodeIndexedTo(about.get(INDEXED_TO)),
    apply({ streams, to }) {
      root.transactionSync(() => {
        writeStreams(databases, streams);
        void about.put(INDEXED_TO, encodeIndexedTo(to));
      }, FLUSHED_LATER);
    },
    pendingErasures: () => decodeErasures(about.get(ERASURES)),
    setPendingErasures(erasures) {
      const entries = erasures.map(({ stream, last }) => [stream, last]);
      root.transactionSync(() => void about.put(ERASURES, Buffer.from(JSON.stringify(entries))));
    },
    databases: () => databases,
    backup: (to) => root.backup(to, false),
    close: async () => {
      if (!readOnly) await root.flushed;
      await root.close();
    },
  };
}

/**
 * lmdb's transaction flags: abortable, committed on return, flushed later. The log is what has to be durable; lmdb keeps
 * an index that loses its last transactions whole.
 */
const FLUSHED_LATER: TransactionFlags =
  TransactionFlags.ABORTABLE | TransactionFlags.SYNCHRONOUS_COMMIT | TransactionFlags.NO_SYNC_FLUSH;

/** Inside a synchronous transaction puts are done on return. The asynchronous ones hang when the disk is full. */
function writeStreams({ heads, places }: IndexDatabases, streams: IndexBatch['streams']): void {
  for (const [stream, entry] of streams) {
    const key = streamKey(stream);
    void heads.put(key, encodeHead(key, entry.head));
    entry.places.forEach(
      (place, at) => void places.put(revisionKey(key, entry.from + at), encodePlace(place)),
    );
  }
}

const INDEXED_TO = Buffer.from('indexed-to');
const ERASURES = Buffer.from('pending-erasures');

/** A wrong head would give out a revision twice: it carries a checksum over its key too. */
export function encodeHead(key: Buffer, head: IndexedHead): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTES);
  bytes.writeIntLE(head.last, 0, 6);
  bytes[6] = head.tombstoned ? 1 : 0;
  bytes.writeUInt32LE(headCrc(key, bytes), 7);
  return bytes;
}

const headCrc = (key: Buffer, bytes: Buffer): number => crc32(bytes.subarray(0, 7), crc32(key));

function decodeHead(key: Buffer, bytes: Buffer | undefined): IndexedHead | undefined {
  if (bytes === undefined) return undefined;
  if (bytes.length !== HEAD_BYTES || bytes.readUInt32LE(7) !== headCrc(key, bytes)) throw damagedIndex();
  return { last: bytes.readIntLE(0, 6), tombstoned: bytes[6] === 1 };
}

export const damagedIndex = (): DamagedLogError =>
  new DamagedLogError(
    'The index of the log is damaged. Stop the node and remove the "index" directory: it is made anew from the records at the next start.',
  );

export function encodePlace({ position, length }: RecordPlace): Buffer {
  const bytes = Buffer.alloc(PLACE_BYTES);
  bytes.writeUIntLE(position, 0, 6);
  bytes.writeUInt32LE(length, 6);
  return bytes;
}

function decodePlace(bytes: Buffer | undefined): RecordPlace | undefined {
  if (bytes === undefined) return undefined;
  if (bytes.length !== PLACE_BYTES) throw damagedIndex();
  return { position: bytes.readUIntLE(0, 6), length: bytes.readUInt32LE(6) };
}

function encodeIndexedTo({ position, crc }: IndexedTo): Buffer {
  const bytes = Buffer.alloc(PLACE_BYTES);
  bytes.writeUIntLE(position, 0, 6);
  bytes.writeUInt32LE(crc, 6);
  return bytes;
}

function decodeIndexedTo(bytes: Buffer | undefined): IndexedTo | undefined {
  const place = decodePlace(bytes);
  return place && { position: place.position, crc: place.length };
}

function decodeErasures(bytes: Buffer | undefined): readonly PendingErasure[] {
  const entries: unknown = bytes === undefined ? [] : JSON.parse(bytes.toString('utf8'));
  if (!Array.isArray(entries)) return [];
  return entries
    .filter((entry) => Array.isArray(entry))
    .map(([stream, last]) => ({ stream: String(stream), last: Number(last) }));
}
