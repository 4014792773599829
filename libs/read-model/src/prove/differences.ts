import type { Sql } from '../database/connect.js';
import { type BuildRef, buildSchema, columnName, ident } from '../database/names.js';
import type { RowDifference, TenantDigest } from '../log/ops-events.js';
import { shortened } from '../log/shortened.js';
import type { Projection } from '../projection/projection.js';
import type { Table } from '../projection/table.js';
import { countedColumns } from './digest.js';

/** The most rows that are named per table and tenant. */
const NAMED = 5;

/**
 * The first rows in which `is` (the build that is read) and `shouldBe` (the one made anew) differ. Both must stand at the
 * same position; run it in one snapshot.
 */
export async function firstDifferences(
  sql: Sql,
  projection: Projection,
  { is, shouldBe }: { readonly is: BuildRef; readonly shouldBe: BuildRef },
  places: readonly Pick<TenantDigest, 'table' | 'tenantId'>[],
  leftOut: readonly string[],
): Promise<readonly RowDifference[]> {
  const found: RowDifference[] = [];
  for (const table of projection.tables) {
    for (const counted of countedColumns(table)) {
      for (const { tenantId } of places.filter((place) => place.table === counted.name)) {
        const key = keyOf(table, counted.name);
        const rows = await sql.query(differenceSql(counted, key, buildSchema(is), buildSchema(shouldBe)), [
          tenantId,
          leftOut,
        ]);
        found.push(...rows.rows.map((row) => difference(counted.name, tenantId, key, row)));
      }
    }
  }
  return found;
}

const keyOf = (table: Table, name: string): readonly string[] => {
  const key = table.key.map(columnName);
  return name === table.name ? key : [...key, '_since'];
};

function differenceSql(
  { name, columns }: { readonly name: string; readonly columns: readonly string[] },
  key: readonly string[],
  is: string,
  shouldBe: string,
): string {
  const side = (schema: string) => `SELECT ${key.map(ident).join(', ')}, to_jsonb(r) AS row
    FROM (SELECT ${columns.map(ident).join(', ')} FROM ${ident(schema)}.${ident(name)}
      WHERE tenant_id = $1 AND _stream <> ALL ($2)) r`;
  return `SELECT a.row AS is, b.row AS should_be
    FROM (${side(is)}) a FULL JOIN (${side(shouldBe)}) b USING (${key.map(ident).join(', ')})
    WHERE a.row IS DISTINCT FROM b.row ORDER BY ${key.map(ident).join(', ')} LIMIT ${NAMED}`;
}

type Json = Readonly<Record<string, unknown>>;

function difference(
  table: string,
  tenantId: string,
  keyNames: readonly string[],
  row: Record<string, unknown>,
): RowDifference {
  const is = row['is'] as Json | null;
  const shouldBe = row['should_be'] as Json | null;
  const some = is ?? shouldBe ?? {};
  const key = Object.fromEntries(keyNames.map((name) => [name, some[name]]));
  if (!is || !shouldBe) return { table, tenantId, key, columns: [], missing: is ? 'shouldBe' : 'is' };
  const columns = Object.keys(some)
    .filter((column) => JSON.stringify(is[column]) !== JSON.stringify(shouldBe[column]))
    .map((column) => ({ column, is: is[column], shouldBe: shouldBe[column] }));
  return { table, tenantId, key, columns, missing: null };
}

/** For people: the first few rows, and what is in them that should be something else. */
export function describeDifferences(differences: readonly RowDifference[]): string {
  const more = differences.length > NAMED ? `; and ${differences.length - NAMED} more` : '';
  return `${differences.slice(0, NAMED).map(describeDifference).join('; ')}${more}`;
}

function describeDifference({ table, tenantId, key, columns, missing }: RowDifference): string {
  const row = `${table} ${JSON.stringify(key)} of tenant ${tenantId}`;
  if (missing === 'is') return `${row} is missing`;
  if (missing === 'shouldBe') return `${row} should not exist`;
  const changes = columns.map(
    ({ column, is, shouldBe }) =>
      `${column} is ${describeValue(is)} and should be ${describeValue(shouldBe)}`,
  );
  return `${row}: ${changes.join(', ')}`;
}

/** Of a value, in a sentence. */
const MOST_CHARACTERS = 200;

// A column that one side does not have has no JSON.
const describeValue = (value: unknown): string =>
  shortened(JSON.stringify(value) ?? 'nothing', MOST_CHARACTERS);
