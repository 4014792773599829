import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { exitCodes } from '../exit-codes.js';
import { Failure, reasonOf, usageFailure } from '../failure.js';
import { apiAway } from '../session/call-failure.js';
import { fetchBytes } from '../session/fetch-bytes.js';
import type { Session } from '../session/open-session.js';

export interface Source {
  /** Below the address of the API. */
  readonly path: string;
  /** What the bytes must hash to. */
  readonly sha256: string;
  readonly size: number;
}

export interface Target {
  /** Relative to where the person stands. */
  readonly file: string;
  readonly force: boolean;
}

function damaged(source: Source): Failure {
  const detail = `What came is not what the run recorded (sha256 ${source.sha256}). Nothing was kept; try again.`;
  return new Failure(exitCodes.unavailable, {
    code: 'bytes-damaged',
    title: 'The bytes are damaged',
    detail,
  });
}

/** Streams the bytes into `to` and compares their hash with what the run recorded. */
async function stream(
  { apiOptions, world }: Session,
  source: Source,
  to: NodeJS.WritableStream,
): Promise<void> {
  const { body } = await fetchBytes(apiOptions, { path: source.path });
  const hash = createHash('sha256');
  const hashed = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const bytes = body === null ? Readable.from([]) : Readable.fromWeb(body);
  bytes.on('error', () => undefined);
  try {
    await pipeline(bytes, hashed, to, { end: to !== world.stdout, signal: apiOptions.signal });
  } catch (error) {
    throw bytes.errored ? apiAway(apiOptions.address, bytes.errored) : error;
  }
  if (hash.digest('hex') !== source.sha256) throw damaged(source);
}

/**
 * Saves bytes of a run as a file: whole and proven, or not at all.
 *
 * @throws Failure when the file is there already, or the bytes are not what the run recorded
 */
export async function saveBytes(session: Session, source: Source, { file, force }: Target): Promise<string> {
  const target = path.resolve(session.world.cwd, file);
  const there = await stat(target).catch(() => undefined);
  if (there !== undefined && !force)
    throw usageFailure(`${file} is there already. Say --force, or -o <another>.`);
  const draft = `${target}.${process.pid}.part`;
  try {
    await stream(session, source, createWriteStream(draft, { flags: 'wx' }));
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    if (error instanceof Failure || session.world.signal.aborted) throw error;
    throw usageFailure(`${file} cannot be written: ${reasonOf(error)}.`);
  }
  return target;
}

/** Writes bytes of a run to standard output as they come. */
export const printBytes = (session: Session, source: Source): Promise<void> =>
  stream(session, source, session.world.stdout);
