import type { Readable } from 'node:stream';

/** A stored blob, named by its content. */
export interface Blob {
  /** Relative to the store's root, never a host path (R-A11): `ab/ab12…`. */
  readonly key: string;
  /** Hex. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

export interface StoredBlob extends Blob {
  /** When these bytes were last stored (milliseconds since 1970): storing them again makes them young. */
  readonly storedAt: number;
}

/** Takes one blob piece by piece. Exactly one of `close` and `abort` is called, once. */
export interface BlobWriter {
  write(chunk: Uint8Array): Promise<void>;
  /** Resolves when the bytes and their name are on disk. */
  close(): Promise<Blob>;
  /** Leaves nothing behind. */
  abort(): Promise<void>;
}

/** An inclusive range of bytes, as HTTP counts them. */
export interface ByteRange {
  readonly start: number;
  readonly end?: number;
}

/** Bytes by their sha256. The same bytes are stored once. */
export interface BlobStore {
  openWriter(): Promise<BlobWriter>;
  put(bytes: Uint8Array | Readable): Promise<Blob>;
  /** A whole read is checked against the hash and ends in a `BlobFault` (`corrupt`) when the bytes have changed. */
  read(key: string, range?: ByteRange): Promise<Readable>;
  /** The same of a blob that fits into memory: one that is missing or corrupt rejects. */
  bytes(key: string): Promise<Buffer>;
  /** Null when there is no such blob. */
  stat(key: string): Promise<StoredBlob | null>;
  /** False when there was none. */
  delete(key: string): Promise<boolean>;
  /** All blobs, in no order. */
  list(): AsyncIterable<StoredBlob>;
}

/** `missing`: no such blob. `bad-key`: not a key of a blob store. `corrupt`: the bytes are not those of the name. */
export type BlobFaultCode = 'missing' | 'bad-key' | 'corrupt';

export class BlobFault extends Error {
  readonly code: BlobFaultCode;

  constructor(code: BlobFaultCode, message: string) {
    super(message);
    this.name = 'BlobFault';
    this.code = code;
  }
}

export function missingBlob(key: string): BlobFault {
  return new BlobFault(
    'missing',
    `There is no blob ${key}: it was never stored here, or retention has removed it.`,
  );
}
