import { type LeasedSession, withLease } from '../database/lease.js';
import { type BuildRef, buildSchema } from '../database/names.js';

/** The one connection of the one writer of a build: it holds the lock and does all the writing. */
export type WriterSession = LeasedSession;

/** What the writer of a build holds. */
export const lockOf = (build: BuildRef): string => `stemma writer ${buildSchema(build)}`;

/** Runs `work` as the one writer of a build, once nobody else is. */
export async function asWriter<T>(
  databaseUrl: string,
  build: BuildRef,
  stop: AbortSignal,
  work: (session: WriterSession) => Promise<T>,
): Promise<T> {
  const name = `stemma-projector ${buildSchema(build)}`;
  return withLease({ databaseUrl, name, lock: lockOf(build), stop }, work);
}
