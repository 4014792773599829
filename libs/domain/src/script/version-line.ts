import type { ReviewPolicy } from './script.events.js';

export type VersionState = 'draft' | 'in_review' | 'active' | 'archived';

export interface Approval {
  readonly person: string;
  readonly contentHash: string;
}

/** One submission, while it is open. */
export interface Review {
  readonly round: number;
  readonly policy: ReviewPolicy;
  readonly approvals: readonly Approval[];
}

export interface Version {
  readonly number: number;
  readonly versionId: string;
  readonly contentHash: string;
  readonly author: string;
  /** Milliseconds since 1970, as `archivedAt` is. */
  readonly createdAt: number;
  /** When it was last taken out of service; null before. */
  readonly archivedAt: number | null;
  readonly state: VersionState;
  /** Its content was given up. */
  readonly pruned: boolean;
  readonly review: Review | null;
}

/**
 * The versions of a script, version `n` at place `n`: numbers start at 1 and have no gaps. Kept in chunks, so that one more
 * version or one more change costs the same in a script of ten versions and of ten thousand.
 */
export interface VersionLine {
  readonly length: number;
  readonly chunks: readonly (readonly Version[])[];
}

const CHUNK = 128;

export const noVersions: VersionLine = Object.freeze({ length: 0, chunks: [] });

export function versionAt({ chunks }: VersionLine, number: number): Version | undefined {
  return chunks[Math.floor((number - 1) / CHUNK)]?.[(number - 1) % CHUNK];
}

export const newestVersion = (line: VersionLine): Version | undefined => versionAt(line, line.length);

export function appendVersion({ length, chunks }: VersionLine, version: Version): VersionLine {
  const last = chunks.at(-1);
  const grown = last && last.length < CHUNK ? chunks.with(-1, [...last, version]) : [...chunks, [version]];
  return { length: length + 1, chunks: grown };
}

/** Throws for a version that was never created. */
export function changeVersion(line: VersionLine, number: number, change: Partial<Version>): VersionLine {
  const version = versionAt(line, number);
  const index = Math.floor((number - 1) / CHUNK);
  const chunk = line.chunks[index];
  if (!version || !chunk) throw new Error(`version ${number} was never created: the stream is damaged`);
  const changed = chunk.with((number - 1) % CHUNK, { ...version, ...change });
  return { ...line, chunks: line.chunks.with(index, changed) };
}

/** The newest version with this content, if any (R-A8). */
export function newestWith({ chunks }: VersionLine, contentHash: string): Version | undefined {
  for (let index = chunks.length - 1; index >= 0; index -= 1) {
    const found = newestWithin(chunks[index] ?? [], contentHash);
    if (found) return found;
  }
  return undefined;
}

/** Whether an unpruned version has this content: then its bytes stay. */
export const namesUnpruned = ({ chunks }: VersionLine, hash: string): boolean =>
  chunks.some(
    (chunk) =>
      newestWithin(chunk, hash) && chunk.some(({ contentHash, pruned }) => !pruned && contentHash === hash),
  );

function newestWithin(chunk: readonly Version[], contentHash: string): Version | undefined {
  if (chunk.length === CHUNK) return byContent(chunk).get(contentHash);
  return chunk.findLast((version) => version.contentHash === contentHash);
}

const known = new WeakMap<readonly Version[], ReadonlyMap<string, Version>>();

/** The newest version of each content in a chunk. Kept with the chunk, which never changes, when it is first asked for. */
function byContent(chunk: readonly Version[]): ReadonlyMap<string, Version> {
  const made = known.get(chunk) ?? new Map(chunk.map((version) => [version.contentHash, version]));
  known.set(chunk, made);
  return made;
}

/** All of them, oldest first. */
export const everyVersion = ({ chunks }: VersionLine): readonly Version[] => chunks.flat();
