import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { formatOpaqueCursor, parseOpaqueCursor } from './opaque-cursor.js';
import { Refused } from './refused.js';

const schema = z.strictObject({ at: z.iso.datetime(), revision: z.string().regex(/^\d{1,19}$/) });

describe('an opaque cursor', () => {
  it('comes back as it was given', () => {
    const cursor = { at: '2026-11-21T08:00:00.000Z', revision: '12' };
    expect(parseOpaqueCursor(formatOpaqueCursor(cursor) ?? undefined, schema)).toEqual(cursor);
    expect(formatOpaqueCursor(null)).toBeNull();
    expect(parseOpaqueCursor(undefined, schema)).toBeUndefined();
  });

  it('that somebody made up is a refusal, never an error', () => {
    const made = fc.oneof(
      fc.string(),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
    );
    fc.assert(fc.property(made, (text) => expect(() => parseOpaqueCursor(text, schema)).toThrow(Refused)));
  });
});
