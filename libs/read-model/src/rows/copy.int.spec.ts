import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPostgres, type TestPostgres } from '@stemma/testing';
import fc from 'fast-check';
import type pg from 'pg';
import { createTables } from '../database/build-tables.js';
import { inTransaction, withClient } from '../database/connect.js';
import { migrate } from '../database/migrate.js';
import {
  bigint,
  boolean,
  instant,
  integer,
  json,
  nullable,
  text,
  textList,
  uuid,
} from '../projection/columns.js';
import { counterId, counterLives, counterRows, counters, stepRows } from '../log/counters.fixtures.js';
import { memoryLog } from '../log/memory-log.fixtures.js';
import { foldEvents, touchedBy } from '../projection/fold-events.js';
import { defineProjection } from '../projection/projection.js';
import { replay } from '../projection/replay.js';
import { keyText, type Row, rowGroup, rowKey, type Table, table } from '../projection/table.js';
import { openWorkingSet, type StoredRow } from '../projection/working-set.js';
import { cachedRows, freshRows, type RowStore } from './row-store.js';

const everything = table({
  name: 'everything',
  columns: {
    tenantId: uuid,
    id: integer,
    someText: text,
    flag: boolean,
    big: bigint,
    at: instant,
    labels: textList,
    data: json(),
    maybeText: nullable(text),
    maybeList: nullable(textList),
    maybeData: nullable(json()),
  },
  key: ['id'],
});
const projection = defineProjection<never, object>()({
  name: 'all-types',
  version: 1,
  tables: [everything],
  handlers: {},
});

const tenantId = 'aaaaaaaa-0000-4000-8000-000000000000';
const anyText = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\\N', '\\.', 'NULL', '{}', '"', '\t\r\n\\', '{"a",b}', ''),
  )
  .map((value) => value.toWellFormed().replaceAll('\0', ''));
/** As events carry it: `-0` is `0` in JSON. */
const anyJson = fc
  .jsonValue()
  .map((value) => JSON.parse(JSON.stringify(value)) as unknown)
  .filter((value) => value !== null && !/\\u0000|\\ud[89a-f]/i.test(JSON.stringify(value)));
const anyRow = fc.record({
  someText: anyText,
  flag: fc.boolean(),
  big: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  at: fc
    .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  labels: fc.array(anyText, { maxLength: 4 }),
  data: anyJson,
  maybeText: fc.option(anyText),
  maybeList: fc.option(fc.array(anyText, { maxLength: 2 })),
  maybeData: fc.option(anyJson),
});

const byKey = (of: Table, rows: readonly Row[]): readonly Row[] =>
  [...rows].sort((one, other) => (keyText(of, one) < keyText(of, other) ? -1 : 1));

describe('rows on their way to Postgres and back', () => {
  let postgres: TestPostgres;
  let next = 0;
  beforeAll(async () => {
    postgres = await startPostgres();
    await withClient(postgres.url, 'spec', migrate);
  });
  afterAll(() => postgres.stop());

  const roundTrip = async (rows: readonly StoredRow[], storeOf: (client: pg.Client) => RowStore) =>
    withClient(postgres.url, 'spec', async (client) => {
      await inTransaction(client, 'stemma_writer', async () => {
        await storeOf(client).save([
          { table: everything, inserts: rows, updates: [], removes: [], past: [] },
        ]);
      });
      const keys = rows.map(({ row }) => rowKey(everything, { id: Number(row['id']) }));
      const set = await inTransaction(client, 'stemma_writer', () =>
        freshRows(client, build, projection).open(() => keys),
      );
      return set.rows(everything);
    });
  const build = { projection: 'all-types', version: 1, build: 1 };

  it('come back as they were put, whether they were copied in or inserted', async () => {
    await withClient(postgres.url, 'spec', (client) =>
      inTransaction(client, 'stemma_owner', () => createTables(client, build, projection)),
    );
    const ways: readonly ((client: pg.Client) => RowStore)[] = [
      (client) => cachedRows(client, build, projection, { bytes: 10_000, isEmpty: () => true }),
      (client) => freshRows(client, build, projection),
    ];
    const property = fc.asyncProperty(fc.array(anyRow, { minLength: 1, maxLength: 20 }), async (values) => {
      for (const way of ways) {
        const rows = values.map((value) => {
          next += 1;
          return { row: { tenantId, id: next, ...value }, stream: `a-\\${next}\t`, since: BigInt(next) };
        });
        const found = [...(await roundTrip(rows, way))];
        found.sort((one, other) => Number(one.row['id']) - Number(other.row['id']));
        expect(found).toEqual(rows);
      }
    });
    await fc.assert(property, { numRuns: 40 });
  });

  it('are asked for again when memory has forgotten them, groups whole, and come out as if it never had', async () => {
    const forgetful = { projection: 'counters', version: 1, build: 1 };
    const events = memoryLog().add(...counterLives(12, 3)(600));
    await withClient(postgres.url, 'spec', async (client) => {
      await inTransaction(client, 'stemma_owner', () => createTables(client, forgetful, counters));
      const rows = cachedRows(client, forgetful, counters, { bytes: 9_000, isEmpty: () => true });
      for (let from = 0; from < events.length; from += 25) {
        const batch = events.slice(from, from + 25);
        await inTransaction(client, 'stemma_writer', async () => {
          const set = await rows.open(touchedBy(counters, batch).keys);
          expect(foldEvents(counters, batch, set).parked).toEqual([]);
          await rows.save(set.takeChanges());
        });
        rows.settle(true);
      }
      const ids = Array.from({ length: 12 }, (_, n) => counterId(n));
      const places = ids.flatMap((id) => [rowKey(counterRows, { id }), rowGroup(stepRows, { id })]);
      const stored = await inTransaction(client, 'stemma_writer', () =>
        freshRows(client, forgetful, counters).open(() => places),
      );
      const whole = replay(counters, events);
      for (const of of counters.tables) {
        const found = stored.rows(of).map(({ row }) => row);
        expect(byKey(of, found)).toEqual(byKey(of, whole.rows(of)));
      }
      expect(whole.rows(stepRows).length).toBeGreaterThan(100);
    });
  });

  it('are only such as every column accepts', () => {
    fc.assert(
      fc.property(anyRow, (value) => {
        const row: Record<string, unknown> = { tenantId, id: 1, ...value };
        const refused = Object.entries(everything.columns).filter(
          ([name, column]) => !column.accepts(row[name]),
        );
        expect(refused.map(([name]) => name)).toEqual([]);
        expect(openWorkingSet([everything]).rows(everything)).toEqual([]);
      }),
    );
  });
});
