import {
  closeSync,
  fdatasync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  read,
  readdirSync,
  readSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DamagedLogError } from './store-errors.js';

const readAt = promisify(read);
const syncData = promisify(fdatasync);

export const SEGMENT_HEADER_BYTES = 64;
const MAGIC = Buffer.from('STEMMALOG\0\0\x01', 'latin1');

/**
 * The log as files of equal capacity: byte `position % size` of file `position / size`. A record never crosses from
 * one file to the next, so positions have gaps there.
 */
export interface SegmentFiles {
  readonly size: number;
  /** Number of files; the last one is written to. */
  readonly count: () => number;
  /** Bytes in use of a file, its header included. */
  readonly used: (segment: number) => number;
  readonly append: () => void;
  /** Hands bytes to the system; {@link sync} makes them durable. Not worth a thread's time: they go to memory first. */
  readonly write: (position: number, bytes: Buffer) => void;
  /** Replaces bytes that are already there, at once. */
  readonly overwrite: (position: number, bytes: Buffer) => void;
  /** Flushes file contents to the disk. */
  readonly sync: (segment: number) => Promise<void>;
  /** Cuts a file, so that nothing of a failed write stays behind. */
  readonly truncate: (position: number) => void;
  readonly readSync: (position: number, length: number) => Buffer;
  readonly read: (position: number, length: number) => Promise<Buffer>;
  readonly close: () => void;
}

interface OpenFile {
  readonly fd: number;
  used: number;
}

/** `size` is the capacity of each file, for a log that has none yet; without it an empty directory is refused. */
export interface SegmentOptions {
  readonly mode: 'r' | 'r+';
  readonly size?: number;
}

export function openSegmentFiles(dir: string, { mode, size }: SegmentOptions): SegmentFiles {
  const found = existingSegments(dir);
  if (found.length === 0 && size === undefined) throw new DamagedLogError(`There is no log in ${dir}.`);
  const capacity = found.length > 0 ? readCapacity(dir) : (size ?? 0);
  const files = found.map((name, segment) => openFile(join(dir, name), mode, segment, capacity));
  const at = (segment: number): OpenFile => {
    const file = files[segment];
    if (file === undefined) throw new DamagedLogError(`Segment ${segment} of the log is missing in ${dir}.`);
    return file;
  };
  const append = (): void => {
    files.push(createFile(dir, files.length, capacity));
  };
  if (files.length === 0) append();
  return {
    size: capacity,
    count: () => files.length,
    used: (segment) => at(segment).used,
    append,
    ...access(at, capacity),
    close: () => files.forEach(({ fd }) => closeSync(fd)),
  };
}

type Access = Pick<SegmentFiles, 'write' | 'overwrite' | 'sync' | 'truncate' | 'readSync' | 'read'>;

function access(at: (segment: number) => OpenFile, size: number): Access {
  const fileOf = (position: number): OpenFile => at(Math.floor(position / size));
  return {
    write(position, bytes) {
      const file = fileOf(position);
      const offset = position % size;
      for (let done = 0; done < bytes.length;) {
        done += writeSync(file.fd, bytes, done, bytes.length - done, offset + done);
      }
      file.used = Math.max(file.used, offset + bytes.length);
    },
    overwrite(position, bytes) {
      writeSync(fileOf(position).fd, bytes, 0, bytes.length, position % size);
    },
    sync: (segment) => syncData(at(segment).fd),
    truncate(position) {
      const file = fileOf(position);
      ftruncateSync(file.fd, position % size);
      file.used = position % size;
    },
    readSync(position, length) {
      const bytes = Buffer.allocUnsafe(length);
      return bytes.subarray(0, readSync(fileOf(position).fd, bytes, 0, length, position % size));
    },
    async read(position, length) {
      const bytes = Buffer.allocUnsafe(length);
      const { bytesRead } = await readAt(fileOf(position).fd, bytes, 0, length, position % size);
      return bytes.subarray(0, bytesRead);
    },
  };
}

export const segmentFileName = (segment: number): string => `${String(segment).padStart(8, '0')}.log`;

function existingSegments(dir: string): string[] {
  const names = readdirSync(dir)
    .filter((name) => /^\d{8}\.log$/.test(name))
    .sort();
  names.forEach((name, index) => {
    if (name !== segmentFileName(index))
      throw new DamagedLogError(`Segment ${segmentFileName(index)} of the log is missing in ${dir}.`);
  });
  return names;
}

/** A file whose making was cut short has no events yet; it gets its header now. */
function openFile(path: string, mode: string, segment: number, size: number): OpenFile {
  const fd = openSync(path, mode);
  const used = fstatSync(fd).size;
  if (used >= SEGMENT_HEADER_BYTES || mode === 'r') return { fd, used };
  return writeHeader(fd, segment, size);
}

function createFile(dir: string, segment: number, size: number): OpenFile {
  const fd = openSync(join(dir, segmentFileName(segment)), 'w+', 0o600);
  const file = writeHeader(fd, segment, size);
  syncDirectory(dir);
  return file;
}

function writeHeader(fd: number, segment: number, size: number): OpenFile {
  const header = Buffer.alloc(SEGMENT_HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUIntLE(size, 16, 6);
  header.writeUInt32LE(segment, 24);
  writeSync(fd, header, 0, header.length, 0);
  fsyncSync(fd);
  return { fd, used: SEGMENT_HEADER_BYTES };
}

/** Makes a new file name durable. */
export function syncDirectory(dir: string): void {
  const fd = openSync(dir, 'r');
  fsyncSync(fd);
  closeSync(fd);
}

function readCapacity(dir: string): number {
  const fd = openSync(join(dir, segmentFileName(0)), 'r');
  const header = Buffer.alloc(SEGMENT_HEADER_BYTES);
  const bytes = readSync(fd, header, 0, header.length, 0);
  closeSync(fd);
  if (bytes < SEGMENT_HEADER_BYTES || !header.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new DamagedLogError(`${join(dir, segmentFileName(0))} is not a log segment of this version.`);
  }
  return header.readUIntLE(16, 6);
}
