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
import { defineProjection } from '../projection/projection.js';
import { rowKey, table } from '../projection/table.js';
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
      (client) => cachedRows(client, build, projection, { limit: 10, isEmpty: () => true }),
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
