import type { RecordedEvent } from '../log/event-source.js';
import type { Rows } from './rows.js';
import type { RowKey, Table } from './table.js';

/** A union of events, told apart by their type. */
export interface EventShape {
  readonly type: string;
  readonly data: object;
}

/** One event of the union, with its place in the log and its metadata. */
export type Recorded<Event extends EventShape, Metadata> = Omit<
  RecordedEvent,
  'type' | 'data' | 'metadata'
> & {
  readonly type: Event['type'];
  readonly data: Event['data'];
  readonly metadata: Metadata;
};

/** How a projection takes one type of event: which rows it will look at, and what becomes of them. Both pure. */
export interface Handler<Event> {
  readonly touches: (event: Event) => readonly RowKey[];
  readonly apply: (event: Event, rows: Rows) => void;
}

/** Said of an event that a projection knows and does not need. */
export const ignored = 'ignored';

type HandlerMap<Event extends EventShape, Metadata> = {
  readonly [Type in Event['type']]:
    Handler<Recorded<Extract<Event, { readonly type: Type }>, Metadata>> | typeof ignored;
};

/** What a projection makes of an event of a certain type. */
export type Treatment = 'applies' | 'ignores' | 'unknown';

/** A pure fold from events to rows, and its tables. */
export interface Projection<
  Name extends string = string,
  Version extends number = number,
  Tables extends readonly Table[] = readonly Table[],
> {
  /** Kebab-case, after the question it answers. */
  readonly name: Name;
  /** Bumped whenever the rows of old events come out differently. */
  readonly version: Version;
  readonly tables: Tables;
  treats(type: string): Treatment;
  touches(event: RecordedEvent): readonly RowKey[];
  /** Throws when the event cannot be applied: the engine then parks its stream. */
  apply(event: RecordedEvent, rows: Rows): void;
}

/**
 * Declares a projection over a union of events. Every type of the union has its handler or is named `ignored`: a type that
 * is added later does not compile until each projection says what it makes of it.
 *
 * `defineProjection<StemmaEvent, EventMetadata>()({ name, version, tables, handlers })`
 */
export function defineProjection<Event extends EventShape, Metadata>() {
  return <
    const Name extends string,
    const Version extends number,
    const Tables extends readonly Table[],
  >(spec: {
    readonly name: Name;
    readonly version: Version;
    readonly tables: Tables;
    readonly handlers: HandlerMap<Event, Metadata>;
  }): Projection<Name, Version, Tables> => {
    const handlers = new Map(Object.entries<unknown>(spec.handlers));
    return Object.freeze({
      name: spec.name,
      version: spec.version,
      tables: spec.tables,
      treats: (type: string) => treatment(handlers.get(type)),
      touches: (event: RecordedEvent) => handlerOf(handlers, event)?.touches(event) ?? [],
      apply: (event: RecordedEvent, rows: Rows) => handlerOf(handlers, event)?.apply(event, rows),
    });
  };
}

function treatment(handler: unknown): Treatment {
  if (handler === undefined) return 'unknown';
  return handler === ignored ? 'ignores' : 'applies';
}

/** The log is not typed: that an event of this type has this data is the promise of the storage format. */
function handlerOf(handlers: ReadonlyMap<string, unknown>, event: RecordedEvent) {
  const handler = handlers.get(event.type);
  return handler === undefined || handler === ignored ? undefined : (handler as Handler<RecordedEvent>);
}
