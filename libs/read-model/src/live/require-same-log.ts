import type { Checkpoint } from '../database/checkpoint.js';
import type { BuildRef } from '../database/names.js';
import type { EventSource } from '../log/event-source.js';
import { LogReplaced } from '../projection/refusals.js';

/**
 * Reads the checkpoint's event back. A log replaced by an older backup, or by another log, has another event there or
 * none: going on would leave rows of a history that never happened.
 *
 * @throws LogReplaced
 */
export async function requireSameLog(
  source: EventSource,
  logId: string,
  build: BuildRef,
  { logId: builtFrom, considered }: Checkpoint,
): Promise<void> {
  const rebuild = `Check EVENTSTORE_URL; if this log is the right one, run \`stemma projections rebuild ${build.projection} --accept-differences\`, then drop what was read before.`;
  if (builtFrom !== logId) {
    throw new LogReplaced(
      `${build.projection} was built from log ${builtFrom}, and this is log ${logId}. ${rebuild}`,
    );
  }
  if (!considered) return;
  const { position, eventId } = considered;
  for await (const event of source.readAll({ from: position, limit: 1 })) {
    if (event.position === position && event.id === eventId) return;
  }
  throw new LogReplaced(
    `${build.projection} has followed the log to position ${position}, where event ${eventId} is no longer found. ${rebuild}`,
  );
}

/** Whether a build follows a history that is no longer this log's: then what replaces it may be at an older position. */
export async function followsAnotherLog(
  source: EventSource,
  logId: string,
  build: BuildRef,
  checkpoint: Checkpoint,
): Promise<boolean> {
  try {
    await requireSameLog(source, logId, build, checkpoint);
    return false;
  } catch (error) {
    if (error instanceof LogReplaced) return true;
    throw error;
  }
}
