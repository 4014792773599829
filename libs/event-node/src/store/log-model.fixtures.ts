/** A log in memory, as simple as can be, to hold the real one against. */
export type ModelExpected = 'any' | 'no_stream' | 'stream_exists' | bigint;

export interface ModelEvent {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
}

interface ModelStream {
  readonly events: ModelEvent[];
  tombstoned: boolean;
  deleted: boolean;
  hasMetadata: boolean;
  truncateBefore: number;
  maxCount: number;
}

export type ModelOutcome =
  { kind: 'stored'; revision: number } | { kind: 'wrong-expected-version' } | { kind: 'stream-deleted' };

const WRONG: ModelOutcome = { kind: 'wrong-expected-version' };
const GONE: ModelOutcome = { kind: 'stream-deleted' };

export function createLogModel() {
  const streams = new Map<string, ModelStream>();
  let all: ModelEvent[] = [];

  const at = (name: string): ModelStream => {
    const stream = streams.get(name) ?? {
      events: [],
      tombstoned: false,
      deleted: false,
      hasMetadata: false,
      truncateBefore: 0,
      maxCount: Infinity,
    };
    streams.set(name, stream);
    return stream;
  };
  const holds = (stream: ModelStream, expected: ModelExpected): boolean => {
    if (expected === 'any') return true;
    if (expected === 'no_stream') return stream.events.length === 0;
    if (expected === 'stream_exists') return stream.events.length > 0 || stream.hasMetadata;
    return Number(expected) === stream.events.length - 1;
  };
  const store = (name: string, stream: ModelStream, ids: readonly string[]): ModelOutcome => {
    if (stream.deleted && ids.length > 0)
      Object.assign(stream, { deleted: false, hasMetadata: true, truncateBefore: stream.events.length });
    for (const id of ids) {
      const event = { stream: name, revision: stream.events.length, id };
      stream.events.push(event);
      all.push(event);
    }
    return { kind: 'stored', revision: stream.events.length - 1 };
  };
  const retried = (stream: ModelStream, from: number, ids: readonly string[]): ModelOutcome | undefined => {
    const there = stream.events.slice(from, from + ids.length).map(({ id }) => id);
    if (there[0] !== ids[0]) return undefined;
    return there.join() === ids.join() ? { kind: 'stored', revision: from + ids.length - 1 } : WRONG;
  };
  const remembered = (stream: ModelStream, ids: readonly string[]): ModelOutcome | undefined => {
    const places = ids.map((id) => stream.events.findIndex((event) => event.id === id));
    if ((places[0] ?? -1) < 0) return undefined;
    return places.includes(-1) ? WRONG : { kind: 'stored', revision: places.at(-1) ?? -1 };
  };

  const appendAt = (
    name: string,
    stream: ModelStream,
    expected: 'no_stream' | bigint,
    ids: readonly string[],
  ): ModelOutcome => {
    const last = stream.events.length - 1;
    const revision = expected === 'no_stream' ? -1 : Number(expected);
    if (revision === last) return store(name, stream, ids);
    if (revision > last) return WRONG;
    const revives = expected === 'no_stream' && stream.deleted;
    return retried(stream, revision + 1, ids) ?? (revives ? store(name, stream, ids) : WRONG);
  };

  return {
    append(name: string, expected: ModelExpected, ids: readonly string[]): ModelOutcome {
      const stream = at(name);
      if (stream.tombstoned) return GONE;
      if (expected === 'any') return remembered(stream, ids) ?? store(name, stream, ids);
      if (expected === 'stream_exists') {
        if (stream.deleted) return GONE;
        return holds(stream, expected) ? (remembered(stream, ids) ?? store(name, stream, ids)) : WRONG;
      }
      return appendAt(name, stream, expected, ids);
    },
    delete(name: string, expected: ModelExpected): ModelOutcome {
      const stream = at(name);
      if (stream.tombstoned) return GONE;
      if ((stream.events.length === 0 && !stream.hasMetadata) || !holds(stream, expected)) return WRONG;
      Object.assign(stream, { deleted: true, hasMetadata: true });
      all = all.filter((event) => event.stream !== name);
      return { kind: 'stored', revision: stream.events.length - 1 };
    },
    tombstone(name: string, expected: ModelExpected): ModelOutcome {
      const stream = at(name);
      if (stream.tombstoned) return GONE;
      if (!holds(stream, expected)) return WRONG;
      stream.tombstoned = true;
      all = all.filter((event) => event.stream !== name);
      return { kind: 'stored', revision: 2 ** 63 };
    },
    setMetadata(name: string, metadata: { truncateBefore?: number; maxCount?: number }): void {
      const stream = at(name);
      if (stream.tombstoned) return;
      const truncateBefore = metadata.truncateBefore ?? 0;
      Object.assign(stream, {
        hasMetadata: true,
        maxCount: metadata.maxCount ?? Infinity,
        truncateBefore: stream.deleted ? Math.max(truncateBefore, stream.events.length) : truncateBefore,
        deleted: false,
      });
    },
    /** Readable events, or why there are none. */
    read(name: string): readonly ModelEvent[] | 'not-found' | 'deleted' {
      const stream = at(name);
      if (stream.tombstoned) return 'deleted';
      if (stream.deleted || stream.events.length === 0) return 'not-found';
      return stream.events.slice(Math.max(stream.truncateBefore, stream.events.length - stream.maxCount, 0));
    },
    all: (): readonly ModelEvent[] => all,
    ids: (name: string): readonly string[] => at(name).events.map(({ id }) => id),
  };
}
