type Row = Readonly<Record<string, unknown>>;

/**
 * Rows of `table` that a replay does not make (`+`), and rows that it makes and are not stored (`-`), as text. Compares
 * what Postgres tells as JSON (`to_jsonb`) with what the fold keeps, and knows nothing else of the engine: for checkers
 * that are not to trust it.
 */
export function strayRows(
  table: string,
  stored: readonly Row[],
  replayed: readonly object[],
): readonly string[] {
  const is = new Set(stored.map((row) => `${table} ${canonical(row)}`));
  const shouldBe = new Set(replayed.map((row) => `${table} ${canonical(snakeCased(row))}`));
  return [
    ...[...is].filter((row) => !shouldBe.has(row)).map((row) => `+ ${row}`),
    ...[...shouldBe].filter((row) => !is.has(row)).map((row) => `- ${row}`),
  ];
}

const snakeCased = (row: object): Row =>
  Object.fromEntries(
    Object.entries(row).map(([key, value]: [string, unknown]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;

/** Keys in order, the engine's own columns left out, numbers and instants in one notation. */
function canonical(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'string' && INSTANT.test(value)) return new Date(value).toISOString();
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([key]) => !key.startsWith('_'));
  return `{${entries
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, item]) => `${key}:${canonical(item)}`)
    .join()}}`;
}
