/**
 * A column: its SQL type and the values it takes. Values are plain JSON (and bigint), the same whether a row was just put
 * or read back, so that a fold cannot tell the two apart.
 */
export interface Column<Value> {
  readonly sqlType: string;
  readonly nullable: boolean;
  /** The only values allowed, for a check in the database too. */
  readonly oneOf?: readonly string[];
  readonly accepts: (value: unknown) => value is Value;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const INT8 = 2n ** 63n;

const isText = (value: unknown): value is string =>
  typeof value === 'string' && !value.includes('\0') && value.isWellFormed();

const column = <Value>(sqlType: string, accepts: (value: unknown) => value is Value): Column<Value> =>
  Object.freeze({ sqlType, nullable: false, accepts });

/** Lower case, as events carry it. */
export const uuid = column('uuid', (value): value is string => typeof value === 'string' && UUID.test(value));

/** Well-formed Unicode without NUL, which Postgres cannot store. */
export const text = column('text', isText);

/** Text that sorts by its code points wherever the database stands, so that an index finds all that begin with a prefix. */
export const orderedText = column('text COLLATE "C"', isText);

export const boolean = column('boolean', (value): value is boolean => typeof value === 'boolean');

/** 32 bits. */
export const integer = column(
  'integer',
  (value): value is number => Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31,
);

/** 64 bits, a bigint in JavaScript. */
export const bigint = column(
  'bigint',
  (value): value is bigint => typeof value === 'bigint' && value >= -INT8 && value < INT8,
);

/** An ISO 8601 instant with milliseconds in UTC, a string in JavaScript, `timestamptz` in SQL. */
export const instant = column(
  'timestamptz',
  (value): value is string =>
    typeof value === 'string' && INSTANT.test(value) && !Number.isNaN(Date.parse(value)),
);

export const textList = column(
  'text[]',
  (value): value is readonly string[] => Array.isArray(value) && value.every(isText),
);

/** Text that is one of the given words; the database checks it too. */
export function oneOf<const Word extends string>(...words: readonly Word[]): Column<Word> {
  const accepts = (value: unknown): value is Word => words.some((word) => word === value);
  return Object.freeze({ sqlType: 'text', nullable: false, oneOf: words, accepts });
}

/** JSON of the given shape. The shape is the author's word; that it is JSON that Postgres takes is checked. */
export function json<Value>(): Column<Value> {
  return column('jsonb', (value): value is Value => value !== null && isJson(value));
}

export function nullable<Value>(of: Column<Value>): Column<Value | null> {
  const accepts = (value: unknown): value is Value | null => value === null || of.accepts(value);
  return Object.freeze({ ...of, nullable: true, accepts });
}

function isJson(value: unknown): boolean {
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value === 'string') return isText(value);
  if (Array.isArray(value)) return value.every(isJson);
  return typeof value === 'object' && isJsonObject(value);
}

/** Not by `Object.entries`: lists of lists for what is looked at once, of every row. */
function isJsonObject(value: object): boolean {
  for (const key of Object.keys(value)) {
    if (!isText(key) || !isJson((value as Readonly<Record<string, unknown>>)[key])) return false;
  }
  return true;
}
