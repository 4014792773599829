import { bigint, integer, json, text, uuid } from '../projection/columns.js';
import { defineProjection, ignored, type Recorded } from '../projection/projection.js';
import { rowGroup, rowKey, table } from '../projection/table.js';
import type { NewEvent } from './memory-log.fixtures.js';

/** The smallest projection with everything in it: rows put, changed and removed, two tables, an ignored event. */
export type CounterEvent =
  | { readonly type: 'CounterOpened'; readonly data: { readonly id: string; readonly name: string } }
  | { readonly type: 'CounterMoved'; readonly data: { readonly id: string; readonly by: number } }
  | { readonly type: 'CounterClosed'; readonly data: { readonly id: string } }
  | { readonly type: 'LogCreated'; readonly data: { readonly logId: string } };

export interface CounterMetadata {
  readonly tenantId: string;
}

type OfCounter = Recorded<Exclude<CounterEvent, { type: 'LogCreated' }>, CounterMetadata>;

export const counterRows = table({
  name: 'counters',
  columns: {
    tenantId: uuid,
    id: uuid,
    name: text,
    total: integer,
    moves: json<readonly number[]>(),
    revision: bigint,
  },
  key: ['id'],
  indexes: [{ on: ['tenantId', 'name'] }],
});

export const stepRows = table({
  name: 'steps',
  columns: { tenantId: uuid, id: uuid, revision: bigint, by: integer },
  key: ['id', 'revision'],
  grouped: true,
});

const touches = ({ data: { id }, revision }: OfCounter) => [
  rowKey(counterRows, { id }),
  rowKey(stepRows, { id, revision }),
];

export const counters = defineProjection<CounterEvent, CounterMetadata>()({
  name: 'counters',
  version: 1,
  tables: [counterRows, stepRows],
  handlers: {
    CounterOpened: {
      touches,
      apply: ({ data, metadata, revision }, rows) =>
        rows.put(counterRows, { ...data, tenantId: metadata.tenantId, total: 0, moves: [], revision }),
    },
    CounterMoved: {
      touches,
      apply: ({ data: { id, by }, metadata: { tenantId }, revision }, rows) => {
        const { total, moves } = rows.require(counterRows, { id });
        rows.change(counterRows, { id }, { total: total + by, moves: [...moves.slice(-4), by], revision });
        rows.put(stepRows, { tenantId, id, revision, by });
      },
    },
    CounterClosed: {
      touches: ({ data: { id } }) => [rowKey(counterRows, { id }), rowGroup(stepRows, { id })],
      apply: ({ data: { id } }, rows) => {
        rows.remove(counterRows, { id });
        // A closed counter keeps the step that was its last.
        for (const { revision } of rows.all(stepRows, { id }).slice(0, -1))
          rows.remove(stepRows, { id, revision });
      },
    },
    LogCreated: ignored,
  },
});

export const tenantA = 'aaaaaaaa-0000-4000-8000-000000000000';
export const tenantB = 'bbbbbbbb-0000-4000-8000-000000000000';

/** The id of the n-th counter. */
export const counterId = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

const of = (n: number, tenantId: string) => ({
  stream: `counter-${tenantId}.${counterId(n)}`,
  metadata: { tenantId },
});

export const opened = (n: number, tenantId = tenantA): NewEvent => ({
  ...of(n, tenantId),
  type: 'CounterOpened',
  data: { id: counterId(n), name: `counter ${n}` },
});

export const moved = (n: number, by: number, tenantId = tenantA): NewEvent => ({
  ...of(n, tenantId),
  type: 'CounterMoved',
  data: { id: counterId(n), by },
});

export const closed = (n: number, tenantId = tenantA): NewEvent => ({
  ...of(n, tenantId),
  type: 'CounterClosed',
  data: { id: counterId(n) },
});

/** Endless lives of `counters` counters of two tenants, the same for the same seed: opened, moved, closed, opened again. */
export function counterLives(counters: number, seed = 1): (events: number) => readonly NewEvent[] {
  const open = new Set<number>();
  let state = seed;
  const random = (below: number) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
  const next = (): NewEvent => {
    const counter = random(counters);
    const tenantId = counter % 2 === 0 ? tenantA : tenantB;
    if (!open.has(counter)) {
      open.add(counter);
      return opened(counter, tenantId);
    }
    if (random(12) > 0) return moved(counter, random(100) - 50, tenantId);
    open.delete(counter);
    return closed(counter, tenantId);
  };
  return (events) => Array.from({ length: events }, next);
}
