import { randomUUID } from 'node:crypto';
import { LOG_STREAM } from './ensure-log.js';
import type { Delivery, EventSource, RecordedEvent } from './event-source.js';

export interface NewEvent {
  readonly stream: string;
  readonly type: string;
  readonly data: object;
  readonly metadata?: object;
  readonly id?: string;
}

/** A log in memory, from its first event on, with gaps between positions as real ones have them. */
export interface MemoryLog extends EventSource {
  append(
    stream: string,
    events: readonly Omit<NewEvent, 'stream'>[],
    expected: 'no_stream' | 'any',
  ): Promise<unknown>;
  readonly events: readonly RecordedEvent[];
  add(...events: readonly NewEvent[]): readonly RecordedEvent[];
  /** Ends every subscription with this error, as if the connection dropped. */
  drop(error: Error): void;
  /** Goes back to the first `count` events. */
  truncate(count: number): void;
}

export function memoryLog(): MemoryLog {
  const events: RecordedEvent[] = [];
  let changed = Promise.withResolvers<void>();
  const revisions = new Map<string, bigint>();
  const failures: Error[] = [];
  const wake = () => {
    changed.resolve();
    changed = Promise.withResolvers<void>();
  };
  const add = (...added: readonly NewEvent[]) => {
    const recorded = added.map((event) => {
      const next = record(events, revisions, event);
      events.push(next);
      return next;
    });
    wake();
    return recorded;
  };
  add({ stream: LOG_STREAM, type: 'LogCreated', data: { logId: randomUUID() } });

  return {
    events,
    add,
    drop: (error) => {
      failures.push(error);
      wake();
    },
    truncate: (count) => {
      events.length = count;
    },
    append: async (stream, added, expected) => {
      await Promise.resolve();
      if (expected === 'no_stream' && events.some((event) => event.stream === stream))
        throw new Error('conflict');
      // As a store that remembers ids does.
      const isNew = ({ id }: { readonly id?: string }) => !events.some((known) => known.id === id);
      add(...added.filter(isNew).map((event) => ({ ...event, stream })));
    },
    async *readAll({ from = 0n, after = -1n, limit = Infinity, direction = 'forwards' } = {}) {
      await Promise.resolve();
      const found = events.filter(({ position }) => position > after && position >= from);
      yield* (direction === 'backwards' ? found.reverse() : found).slice(0, limit);
    },
    async *readBatches({ after = -1n } = {}) {
      await Promise.resolve();
      const found = events.filter(({ position }) => position > after);
      for (let at = 0; at < found.length; at += 700) yield found.slice(at, at + 700);
    },
    async *readStream(stream, { from = 0n, limit = Infinity, direction = 'forwards' } = {}) {
      await Promise.resolve();
      const found = events.filter((event) => event.stream === stream && event.revision >= from);
      yield* (direction === 'backwards' ? found.reverse() : found).slice(0, limit);
    },
    async *subscribe({ after, signal }): AsyncGenerator<Delivery> {
      let next = placeBehind(events, after);
      const position = events[next - 1]?.position;
      if (after === 'end' && position !== undefined) yield { kind: 'checkpoint', position };
      let caughtUp = false;
      failures.length = 0;
      signal.addEventListener('abort', wake, { once: true });
      while (!signal.aborted) {
        const [failure] = failures;
        if (failure) throw failure;
        const waiting = changed.promise;
        const event = events[next];
        if (event) {
          next += 1;
          yield { kind: 'event', event };
          continue;
        }
        if (!caughtUp) yield { kind: 'caughtUp' };
        caughtUp = true;
        if (next === events.length) await waiting;
      }
    },
  };
}

/** The index of the first event behind a position. */
function placeBehind(events: readonly RecordedEvent[], after: bigint | null | 'end'): number {
  if (after === 'end') return events.length;
  const found = events.findIndex(({ position }) => position > (after ?? -1n));
  return found < 0 ? events.length : found;
}

function record(
  events: readonly RecordedEvent[],
  revisions: Map<string, bigint>,
  { stream, type, data, metadata = {}, id = randomUUID() }: NewEvent,
): RecordedEvent {
  const revision = (revisions.get(stream) ?? -1n) + 1n;
  revisions.set(stream, revision);
  const position = (events.at(-1)?.position ?? 0n) + 100n;
  return { id, stream, revision, position, type, data, metadata, createdAt: new Date() };
}
