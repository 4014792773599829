import { Injectable, type PipeTransform } from '@nestjs/common';
import type { Fault } from '@stemma/contracts';
import type { z } from 'zod';
import { Refused } from './refused.js';

const MOST_FAULTS = 100;

/** Gives the handler what the schema makes of the value, or refuses with the path of each fault. */
@Injectable()
export class ZodPipe<Schema extends z.ZodType> implements PipeTransform<unknown, z.output<Schema>> {
  /**
   * `where` stands before each path: empty for a body, `?` for the query. With `discreet` a field that is not known is not
   * named: where a secret is asked for, it may stand in the wrong place.
   */
  constructor(
    private readonly schema: Schema,
    private readonly where = '',
    private readonly discreet = false,
  ) {}

  transform(value: unknown): z.output<Schema> {
    if (this.where === '?') refuseNul(value);
    const parsed = this.schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw invalidRequest(parsed.error.issues.flatMap((issue) => faultsOf(issue, this.where, this.discreet)));
  }
}

/** No stored text has it, and the read models would choke on it. */
function refuseNul(query: unknown): void {
  const bad = Object.entries(query ?? {}).filter(([, value]) => String(value).includes('\0'));
  if (bad.length > 0)
    throw invalidRequest(bad.map(([key]) => ({ path: `?${pointer(key)}`, message: 'must not contain NUL' })));
}

export function invalidRequest(faults: readonly Fault[]): Refused {
  const errors = faults.slice(0, MOST_FAULTS);
  const [first] = errors;
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more: see errors)` : '';
  return new Refused(
    'invalid-request',
    `${first?.path || 'The body'} ${first?.message ?? 'is not valid'}${more}.`,
    {
      errors,
    },
  );
}

function faultsOf(issue: z.core.$ZodIssue, where: string, discreet: boolean): Fault[] {
  const path = issue.path.map((part) => pointer(String(part))).join('');
  if (issue.code === 'invalid_key') {
    const [why] = issue.issues;
    return [{ path: where + path, message: `is no name to use: it ${why?.message ?? issue.message}` }];
  }
  if (issue.code !== 'unrecognized_keys') return [{ path: where + path, message: lowerFirst(issue.message) }];
  if (discreet) return [{ path: where + path, message: 'has a field that is not known: look at /docs' }];
  return issue.keys.map((key) => ({
    path: where + path + pointer(key.slice(0, 100)),
    message: 'is not a known field: leave it out, or look at /docs for its name',
  }));
}

/** A reference token of a JSON Pointer (RFC 6901). */
const pointer = (token: string): string => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`;

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
