interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
/** With 29 February: a schedule that fires once in four years fires. */
const LONGEST = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const FIELDS: readonly Field[] = [
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, names: MONTHS },
  { name: 'day of week', min: 0, max: 7, names: DAYS },
];

/**
 * What is wrong with a cron expression of five fields (POSIX, with steps, and names of months and days in upper case), as
 * a sentence; null when it is good. One that no date ever matches, such as 30 February, is not.
 */
export function cronFault(expression: string): string | null {
  const parts = expression.split(' ');
  if (parts.length !== FIELDS.length) {
    return 'must have five fields: minute, hour, day of month, month, day of week';
  }
  for (const [index, field] of FIELDS.entries()) {
    const fault = fieldFault(field, parts[index] ?? '');
    if (fault !== null) return fault;
  }
  return everMatches(parts) ? null : 'names a day that none of its months has: it would never fire';
}

function fieldFault(field: Field, text: string): string | null {
  const bad = text.split(',').find((item) => valuesOf(field, item) === null);
  if (bad === undefined) return null;
  const named = field.names ? ` or ${field.names[0]} to ${field.names.at(-1)}` : '';
  return `has ${JSON.stringify(bad)} as its ${field.name}: it takes ${field.min} to ${field.max}${named}, lists, ranges a-b, * and steps /n`;
}

const ITEM = /^(?:\*|(\d{1,2}|[A-Z]{3})(?:-(\d{1,2}|[A-Z]{3}))?)(?:\/(\d{1,2}))?$/;

/** The values that one item of a list stands for; null when it is not one. A step needs a range or a star. */
function valuesOf(field: Field, item: string): readonly number[] | null {
  const match = ITEM.exec(item);
  if (!match) return null;
  const [, first, last, step] = match;
  if (step !== undefined && first !== undefined && last === undefined) return null;
  const from = first === undefined ? field.min : numberOf(field, first);
  const to = first === undefined ? field.max : numberOf(field, last ?? first);
  return from === null || to === null ? null : everyNth(from, to, Number(step ?? 1));
}

function everyNth(from: number, to: number, by: number): readonly number[] | null {
  if (from > to || by < 1) return null;
  return Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, index) => from + index * by);
}

function numberOf({ min, max, names = [] }: Field, text: string): number | null {
  const value = /^\d/.test(text) ? Number(text) : names.indexOf(text) + (names.includes(text) ? min : NaN);
  return value >= min && value <= max ? value : null;
}

/** Days of the month and days of the week are alternatives (POSIX), so that only a lone day of month can be impossible. */
function everMatches([, , days = '*', months = '*', weekdays = '*']: readonly string[]): boolean {
  if (weekdays !== '*') return true;
  const earliest = Math.min(...allValues(FIELDS[2], days));
  return allValues(FIELDS[3], months).some((month) => earliest <= (LONGEST[month - 1] ?? 0));
}

const allValues = (field: Field | undefined, text: string): readonly number[] =>
  field ? text.split(',').flatMap((item) => valuesOf(field, item) ?? []) : [];
