import { open, type Database, type RootDatabase } from 'lmdb';
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

export interface IndexBatch {
  readonly heads: ReadonlyMap<string, IndexedHead>;
  readonly places: readonly {
    readonly stream: string;
    readonly revision: number;
    readonly place: RecordPlace;
  }[];
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
  /** One transaction; resolves when visible. */
  readonly apply: (batch: IndexBatch) => Promise<void>;
  readonly pendingErasures: () => readonly string[];
  readonly setPendingErasures: (streams: readonly string[]) => Promise<void>;
  readonly databases: () => IndexDatabases;
  readonly backup: (path: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface IndexDatabases {
  readonly heads: Database<Buffer, Buffer>;
  readonly places: Database<Buffer, Buffer>;
}

const PLACE_BYTES = 10;
const HEAD_BYTES = 7;

export function openLogIndex(path: string): LogIndex {
  const root: RootDatabase<Buffer, Buffer> = open({
    path,
    encoding: 'binary',
    keyEncoding: 'binary',
    maxDbs: 4,
  });
  const databases: IndexDatabases = {
    heads: root.openDB({ name: 'heads', encoding: 'binary', keyEncoding: 'binary' }),
    places: root.openDB({ name: 'places', encoding: 'binary', keyEncoding: 'binary' }),
  };
  const about = root.openDB<Buffer, Buffer>({ name: 'about', encoding: 'binary', keyEncoding: 'binary' });
  return {
    head: (stream) => decodeHead(databases.heads.getBinaryFast(streamKey(stream))),
    place: (stream, revision) =>
      decodePlace(databases.places.getBinaryFast(revisionKey(streamKey(stream), revision))),
    indexedTo: () => decodeIndexedTo(about.get(INDEXED_TO)),
    async apply(batch) {
      await root.batch(() => {
        for (const [stream, head] of batch.heads)
          void databases.heads.put(streamKey(stream), encodeHead(head));
        for (const { stream, revision, place } of batch.places) {
          void databases.places.put(revisionKey(streamKey(stream), revision), encodePlace(place));
        }
        void about.put(INDEXED_TO, encodeIndexedTo(batch.to));
      });
    },
    pendingErasures: () => decodeNames(about.get(ERASURES)),
    async setPendingErasures(streams) {
      await about.put(ERASURES, Buffer.from(JSON.stringify(streams)));
      await root.flushed;
    },
    databases: () => databases,
    backup: (to) => root.backup(to, false),
    close: async () => {
      await root.flushed;
      await root.close();
    },
  };
}

const INDEXED_TO = Buffer.from('indexed-to');
const ERASURES = Buffer.from('pending-erasures');

export function encodeHead(head: IndexedHead): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTES);
  bytes.writeIntLE(head.last, 0, 6);
  bytes[6] = head.tombstoned ? 1 : 0;
  return bytes;
}

export const decodeHead = (bytes: Buffer | undefined): IndexedHead | undefined =>
  bytes === undefined ? undefined : { last: bytes.readIntLE(0, 6), tombstoned: bytes[6] === 1 };

export function encodePlace({ position, length }: RecordPlace): Buffer {
  const bytes = Buffer.alloc(PLACE_BYTES);
  bytes.writeUIntLE(position, 0, 6);
  bytes.writeUInt32LE(length, 6);
  return bytes;
}

export const decodePlace = (bytes: Buffer | undefined): RecordPlace | undefined =>
  bytes === undefined ? undefined : { position: bytes.readUIntLE(0, 6), length: bytes.readUInt32LE(6) };

function encodeIndexedTo({ position, crc }: IndexedTo): Buffer {
  const bytes = Buffer.alloc(PLACE_BYTES);
  bytes.writeUIntLE(position, 0, 6);
  bytes.writeUInt32LE(crc, 6);
  return bytes;
}

const decodeIndexedTo = (bytes: Buffer | undefined): IndexedTo | undefined =>
  bytes === undefined ? undefined : { position: bytes.readUIntLE(0, 6), crc: bytes.readUInt32LE(6) };

function decodeNames(bytes: Buffer | undefined): readonly string[] {
  const names: unknown = bytes === undefined ? [] : JSON.parse(bytes.toString('utf8'));
  return Array.isArray(names) ? names.filter((name): name is string => typeof name === 'string') : [];
}
