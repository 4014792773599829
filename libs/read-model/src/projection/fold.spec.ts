import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  closed,
  type CounterEvent,
  counterId,
  type CounterMetadata,
  counterRows,
  counters,
  moved,
  opened,
  stepRows,
  tenantA,
  tenantB,
} from '../log/counters.fixtures.js';
import type { RecordedEvent } from '../log/event-source.js';
import { memoryLog, type NewEvent } from '../log/memory-log.fixtures.js';
import { foldEvents, touchedBy } from './fold-events.js';
import { defineProjection, ignored } from './projection.js';
import { replay } from './replay.js';
import { isAt, keyText, type Row, rowKey, type Table } from './table.js';
import { openWorkingSet, type PastRow, type StoredRow } from './working-set.js';

const recorded = (...events: readonly NewEvent[]): readonly RecordedEvent[] => memoryLog().add(...events);

/** What the database would hold, batch by batch. */
function foldInBatches(batches: readonly (readonly RecordedEvent[])[]) {
  const store = new Map<Table, Map<string, StoredRow>>(counters.tables.map((table) => [table, new Map()]));
  const past: PastRow[] = [];
  for (const batch of batches) {
    const set = openWorkingSet(counters.tables);
    for (const place of touchedBy(counters, batch).keys()) {
      const found = [...(store.get(place.table) ?? [])].filter(([key]) => isAt(place, place.table, key));
      set.load(
        place.table,
        found.map(([, row]) => row),
      );
    }
    expect(foldEvents(counters, batch, set)).toMatchObject({ refusal: undefined, parked: [] });
    for (const changes of set.takeChanges()) {
      for (const row of [...changes.inserts, ...changes.updates])
        store.get(changes.table)?.set(keyText(changes.table, row.row), row);
      for (const key of changes.removes) store.get(changes.table)?.delete(keyText(changes.table, key));
      past.push(...changes.past);
    }
  }
  const rows = counters.tables.map((table) => [...(store.get(table)?.values() ?? [])].map(({ row }) => row));
  return { rows: rows.map(sorted), past: sorted(past.map(({ row, ...place }) => ({ ...row, ...place }))) };
}

const asText = (row: Row) =>
  JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
const sorted = (rows: readonly Row[]) => rows.map(asText).sort();

/** Any lives of a few counters that the fold can apply: open, then moves, then perhaps closed and opened again. */
const histories = fc
  .array(fc.record({ counter: fc.nat(4), by: fc.integer({ min: -9, max: 9 }), close: fc.nat(9) }), {
    maxLength: 60,
  })
  .map((steps) => {
    const open = new Set<number>();
    return steps.map(({ counter, by, close }) => {
      if (!open.has(counter)) {
        open.add(counter);
        return opened(counter);
      }
      if (close > 0) return moved(counter, by);
      open.delete(counter);
      return closed(counter);
    });
  });

describe('the fold', () => {
  it('makes the same rows, and the same past, however its events are cut into batches', () => {
    fc.assert(
      fc.property(histories, fc.array(fc.nat(20), { maxLength: 20 }), (history, sizes) => {
        const events = [...recorded(...history)];
        const whole = foldInBatches([events]);
        const rest = [...events];
        const batches = sizes.map((size) => rest.splice(0, size));
        expect(foldInBatches([...batches, rest])).toEqual(whole);
        const replayed = replay(counters, events);
        expect(counters.tables.map((table) => sorted(replayed.rows(table)))).toEqual(whole.rows);
      }),
    );
  });

  it('applies an event whole or not at all, and parks its stream while the others go on', () => {
    const half = defineProjection<CounterEvent, CounterMetadata>()({
      name: 'half',
      version: 1,
      tables: [counterRows],
      handlers: {
        CounterOpened: {
          touches: ({ data: { id } }) => [rowKey(counterRows, { id })],
          apply: ({ data, metadata, revision }, rows) => {
            rows.put(counterRows, { ...data, tenantId: metadata.tenantId, total: 0, moves: [], revision });
            if (data.id === counterId(2)) throw new Error('no');
          },
        },
        CounterMoved: ignored,
        CounterClosed: ignored,
        LogCreated: ignored,
      },
    });
    const events = recorded(opened(1), opened(2), opened(3), opened(2));
    const set = openWorkingSet(half.tables);
    const { last, refusal, parked, held } = foldEvents(half, events, set);
    expect([last, refusal]).toEqual([events[3], undefined]);
    expect(parked).toEqual([{ event: events[1], category: 'fold', error: 'no' }]);
    expect([...held]).toEqual([[events[1]?.stream, 1]]);
    expect(set.rows(counterRows).map(({ row }) => row['name'])).toEqual(['counter 1', 'counter 3']);
  });

  it('passes over what operators dropped, and streams that are parked already', () => {
    const events = recorded(opened(1), opened(2), moved(2, 1), moved(1, 5), moved(1, 2));
    const set = openWorkingSet(counters.tables);
    const { held } = foldEvents(counters, events, set, {
      isParked: (stream) => stream === events[1]?.stream,
      isDropped: (eventId) => eventId === events[3]?.id,
      refusalOf: () => undefined,
    });
    expect([...held.values()]).toEqual([2]);
    expect(set.rows(counterRows).map(({ row }) => [row['id'], row['total']])).toEqual([[counterId(1), 2]]);
  });

  it('says which kind of fault it was: the fold’s own, a value that no column takes, or rows that Postgres refused', () => {
    const strange = { ...opened(1), data: { id: counterId(1), name: 'a\0b' } };
    const events = recorded(strange, moved(2, 1), opened(3));
    const refusalOf = (eventId: string) => (eventId === events[2]?.id ? 'duplicate key' : undefined);
    const exceptions = { isParked: () => false, isDropped: () => false, refusalOf };
    const { parked } = foldEvents(counters, events, openWorkingSet(counters.tables), exceptions);
    expect(parked.map(({ category }) => category)).toEqual(['row', 'fold', 'database']);
  });

  it('forgets the rows that were used least, once they are written', () => {
    const set = openWorkingSet(counters.tables);
    foldEvents(counters, recorded(opened(1), opened(2), opened(3)), set);
    const forgotten: string[] = [];
    const shrink = () =>
      set.shrink(
        1_000,
        () => 600,
        (_, key) => void forgotten.push(key),
      );
    shrink();
    expect(forgotten).toEqual([]);
    set.takeChanges();
    shrink();
    expect(forgotten).toEqual([counterId(1), counterId(2)]);
    expect(set.rows(counterRows).map(({ row }) => row['name'])).toEqual(['counter 3']);
    expect(set.knows(rowKey(counterRows, { id: counterId(1) }))).toBe(false);
    shrink();
    expect(forgotten).toHaveLength(2);
  });

  it('stops before an event that nobody here knows, and names its type and the release that wrote it', () => {
    const [event] = recorded({
      stream: 'x-1',
      type: 'CounterPainted',
      data: {},
      metadata: { release: '9.1' },
    });
    expect(() => replay(counters, event ? [event] : [])).toThrow(/CounterPainted.*9\.1.*not known/);
  });

  it('refuses what is not a row of its table, a row that it does not touch, and a row of another stream', () => {
    const strange = { ...opened(1), data: { id: counterId(1), name: 'a\0b' } };
    expect(() => replay(counters, recorded(strange))).toThrow(/counters\.name takes text/);
    const foreign = { ...moved(1, 1), stream: 'counter-other' };
    expect(() => replay(counters, recorded(opened(1), foreign))).toThrow(/owns/);
    const nobody = { ...opened(1), metadata: {} };
    expect(() => replay(counters, recorded(nobody))).toThrow(/counters\.tenantId takes uuid, not undefined/);
    expect(() => replay(counters, recorded(moved(1, 1)))).toThrow(
      /needs a row of counters that does not exist/,
    );
  });

  it('keeps what a row was, from when until when', () => {
    const events = recorded(opened(1), moved(1, 2), moved(1, 3), closed(1));
    const set = openWorkingSet(counters.tables);
    foldEvents(counters, events, set);
    const [changes] = set.takeChanges();
    const at = events.map(({ position }) => position);
    expect(changes?.past.map(({ row, since, until }) => [row['total'], since, until])).toEqual([
      [0, at[0], at[1]],
      [2, at[1], at[2]],
      [5, at[2], at[3]],
    ]);
    // Opened and closed in one batch: the table never hears of it.
    expect(changes).toMatchObject({ inserts: [], updates: [], removes: [] });
    expect(set.takeChanges()[0]?.past).toEqual([]);
  });

  it('keeps tenants apart by the metadata of each event', () => {
    const { rows } = replay(counters, recorded(opened(1), opened(2, tenantB), moved(2, 4, tenantB)));
    expect(rows(counterRows).map(({ tenantId, total }) => [tenantId, total])).toEqual([
      [tenantA, 0],
      [tenantB, 4],
    ]);
    expect(rows(stepRows).map(({ tenantId }) => tenantId)).toEqual([tenantB]);
  });
});

type HandlersFor = Parameters<
  ReturnType<typeof defineProjection<CounterEvent, CounterMetadata>>
>[0]['handlers'];
type Compiles<Handlers> = Handlers extends HandlersFor ? true : false;
type AllIgnored = { readonly [Type in CounterEvent['type']]: typeof ignored };

describe('a definition', () => {
  it('compiles only when every event of the union is handled or named ignored', () => {
    const complete: Compiles<AllIgnored> = true;
    const incomplete: Compiles<Omit<AllIgnored, 'CounterClosed'>> = false;
    expect([complete, incomplete]).toEqual([true, false]);
  });
});
