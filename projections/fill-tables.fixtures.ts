import type { Projection, Table } from '@stemma/read-model';

/** Each projection's first build is its first. */
export const schemaOf = (projection: string): string => `"${projection.replaceAll('-', '_')}__1"`;
const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Values of the i-th row: ten tenants, ids by the name of their column, so that rows of several tables belong together. */
function valueOf(name: string, { sqlType, oneOf }: Table['columns'][string]): string {
  if (name === 'tenantId') return `('00000000-0000-4000-8000-' || lpad((i % 10)::text, 12, '0'))::uuid`;
  if (oneOf) return wordOf(oneOf);
  if (sqlType === 'uuid') return `md5('${name}' || i)::uuid`;
  if (name === 'slug') return `'s-' || i`;
  if (/^(by|author|requestedBy|createdBy|changedBy|submittedBy)$/.test(name)) return `'p-' || i / 10 % 500`;
  if (sqlType === 'integer') return '(i / 10 % 20 + 1)::integer';
  if (sqlType === 'bigint') return 'i';
  if (sqlType === 'boolean') return 'i / 10 % 2 = 0';
  if (sqlType === 'timestamptz') return `'2026-01-01T00:00:00Z'::timestamptz + i * interval '1 minute'`;
  if (sqlType === 'jsonb') return `'[]'::jsonb`;
  return sqlType === 'text[]' ? `ARRAY['t-' || i / 10 % 1000]` : `'t-' || i`;
}

/** Most rows have the last word, as most runs have ended: one in fifty has any of them. */
const wordOf = (words: readonly string[]): string =>
  `(ARRAY[${words.map((word) => `'${word}'`).join()}])[CASE i / 10 % 50 WHEN 0 THEN i / 500 % ${words.length} + 1 ELSE ${words.length} END]`;

/** Fills a table of a projection's first build with so many rows of ten tenants, and looks at them once. */
export function fillTable(projection: string, { name, columns }: Table, rows: number): string {
  const names = Object.keys(columns);
  const values = names.map((column) => valueOf(column, columns[column] as Table['columns'][string]));
  const target = `${schemaOf(projection)}."${name}"`;
  return `ALTER TABLE ${target} SET UNLOGGED; INSERT INTO ${target} (${names.map((column) => `"${snake(column)}"`).join()}, _stream, _since)
    SELECT ${values.join()}, 'x-' || i, i FROM generate_series(1, ${rows}) AS i; ANALYZE ${target}`;
}

/** The name of what readers read, in the schemas `read` and `read_at`. */
export function viewOf({ name, version }: Projection, table: Table): string {
  const base = `${name.replaceAll('-', '_')}_v${version}`;
  return table.name === name.replaceAll('-', '_') ? base : `${base}_${table.name}`;
}
