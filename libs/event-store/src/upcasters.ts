import type { RecordedEvent } from './event-store.js';

/** A type of event in one version of its schema. An event without `schema` in its metadata is of version 1. */
export interface EventShape {
  readonly type: string;
  readonly version: number;
}

/** Turns the data of an old event into the data that the next shape has. Pure; what it makes is not stored. */
export interface Upcaster {
  readonly from: EventShape;
  readonly to: EventShape;
  readonly upcast: (data: object, event: RecordedEvent) => object;
}

/**
 * Composes upcasters: an event goes through as many as there are, from its shape on. Events of other shapes, unknown ones
 * too, come out as they are. Throws when two upcasters begin at one shape or when they lead in a circle.
 */
export function composeUpcasters(upcasters: readonly Upcaster[]): (event: RecordedEvent) => RecordedEvent {
  if (upcasters.length === 0) return (event) => event;
  const steps = new Map<string, Upcaster>();
  for (const upcaster of upcasters) {
    const key = keyOf(upcaster.from);
    if (steps.has(key)) throw new Error(`Two upcasters begin at ${key}: keep one.`);
    steps.set(key, upcaster);
  }
  for (const { from } of upcasters) refuseCircle(steps, from);
  return (event) => {
    let current = event;
    for (let step = steps.get(keyOf(shapeOf(current))); step; step = steps.get(keyOf(step.to))) {
      const { type, version } = step.to;
      const metadata = { ...current.metadata, schema: version };
      current = { ...current, type, metadata, data: step.upcast(current.data, current) };
    }
    return current;
  };
}

const keyOf = ({ type, version }: EventShape): string => `${type} v${version}`;

function shapeOf({ type, metadata }: RecordedEvent): EventShape {
  const version = 'schema' in metadata && typeof metadata.schema === 'number' ? metadata.schema : 1;
  return { type, version };
}

function refuseCircle(steps: ReadonlyMap<string, Upcaster>, start: EventShape): void {
  const seen = new Set<string>();
  for (let key = keyOf(start); ;) {
    if (seen.has(key)) throw new Error(`The upcasters from ${keyOf(start)} lead in a circle: remove one.`);
    seen.add(key);
    const step = steps.get(key);
    if (step === undefined) return;
    key = keyOf(step.to);
  }
}
