import type { Decided, Envelope, ExecuteParts, Executed, Job } from './command.js';
import { AppendTooLarge, RevisionConflict } from './errors.js';
import type { Appended, NewEvent, RecordedEvent } from './event-store.js';
import type { History } from './history.js';

/** Appends at the revision that was decided on, and takes the events into the history; or tells the conflict. */
export async function appendDecided<State, Command>(
  parts: ExecuteParts<State, Command>,
  { stream, envelope }: Job<Command>,
  history: History<State>,
  decided: readonly Decided[],
): Promise<Executed<State> | RevisionConflict> {
  const expected = history.revision ?? 'no_stream';
  const reached = await reachedBefore(parts, envelope, history);
  const events = decided.map(({ type, data }, index): NewEvent => ({
    id: envelope.eventId(index),
    type,
    data,
    metadata: envelope.metadata,
  }));
  try {
    const appended = await parts.store.append(stream, events, expected);
    parts.watermark.raise(appended.position);
    // The store had these events already: somebody sent this command before, and its first answer counts.
    if (reached !== null && appended.position <= reached) {
      return new RevisionConflict(stream, expected, appended.revision);
    }
    const recorded = recordedOf(stream, events, appended, parts.clock());
    for (const event of recorded) parts.histories.take(history, event);
    parts.cache.keep(stream, history);
    return { events: recorded, replayed: false, state: history.state, ...appended };
  } catch (error) {
    if (error instanceof RevisionConflict) return error;
    // Whether the events are stored is not known, so the next command has to read the stream.
    if (!(error instanceof AppendTooLarge)) parts.cache.drop(stream);
    throw error;
  }
}

/** Nobody needs to know it of events whose ids the store cannot have. */
function reachedBefore<State, Command>(
  { watermark }: Pick<ExecuteParts<State, Command>, 'watermark'>,
  { unrepeatable }: Envelope,
  { revision }: History<State>,
): bigint | null | Promise<bigint | null> {
  if (unrepeatable === true) return null;
  return revision === null ? watermark.current() : watermark.known();
}

/** All events of one append share its position: on a real server each has its own, below the one of the last. */
function recordedOf(
  stream: string,
  events: readonly NewEvent[],
  { revision, position }: Appended,
  createdAt: Date,
): RecordedEvent[] {
  const first = revision - BigInt(events.length - 1);
  return events.map((event, index) => ({
    ...event,
    stream,
    revision: first + BigInt(index),
    position,
    createdAt,
  }));
}
