import { z } from 'zod';
import { cronFault } from './cron-expression.js';
import type { Trigger } from './script.events.js';

/** A name within its script: lower case, as in a path. */
export const triggerName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be 1 to 63 characters of a-z, 0-9 and -, letter or digit first');

const expression = z
  .string()
  .max(200)
  .overwrite((value) => value.trim().replaceAll(/\s+/g, ' ').toUpperCase())
  .check(({ value, issues }) => {
    const fault = cronFault(value);
    if (fault !== null) issues.push({ code: 'custom', message: fault, input: value });
  });

/** A zone of the IANA database, such as Europe/Berlin; a fixed offset has no summer time and is none. */
const timeZone = z
  .string()
  .max(60)
  .refine(
    (value) => /^[A-Za-z]/.test(value) && isZone(value),
    'must be an IANA time zone such as Europe/Berlin',
  );

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Literal and normalised (DESIGN §6), so that one path is one claim: no parameters, no escapes, no dots alone. */
const path = z
  .string()
  .max(200)
  .overwrite((value) => (value.length > 1 ? value.replace(/\/$/, '') : value))
  .regex(
    /^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._~-]+)+$/,
    'must be /segments of A-Z a-z 0-9 . _ ~ -, none of them empty, . or ..',
  );

export const triggerSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('cron'),
    expression: expression.describe('minute hour day-of-month month day-of-week'),
    timeZone: timeZone.default('UTC'),
  }),
  z.strictObject({
    kind: z.literal('http'),
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
    path,
  }),
]) satisfies z.ZodType<Trigger>;

export const sameTrigger = (a: Trigger, b: Trigger): boolean =>
  a.kind === 'cron'
    ? b.kind === 'cron' && a.expression === b.expression && a.timeZone === b.timeZone
    : b.kind === 'http' && a.method === b.method && a.path === b.path;
