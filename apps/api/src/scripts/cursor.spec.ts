import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Refused } from '../http/refused.js';
import { formatCursor, parseCursor } from './cursor.js';

const scriptId = '7b1f3a52-3d1e-5b0a-9c55-000000000001';

describe('a cursor', () => {
  it('comes back as it was given', () => {
    const bySlug = { value: 'sales', scriptId };
    expect(parseCursor(formatCursor(bySlug, '-slug'), '-slug')).toEqual(bySlug);
    const byTime = { value: '2026-11-21T08:00:00.000Z', scriptId };
    expect(parseCursor(formatCursor(byTime, 'changedAt'), 'changedAt')).toEqual(byTime);
    expect(parseCursor(undefined, 'slug')).toBeUndefined();
  });

  it('of another sort is refused', () => {
    expect(() => parseCursor(formatCursor({ value: 'sales', scriptId }, 'slug'), '-slug')).toThrow(Refused);
    expect(() => parseCursor(formatCursor({ value: 'x', scriptId }, 'changedAt'), 'changedAt')).toThrow(
      Refused,
    );
  });

  it('that somebody made up is a refusal, never an error', () => {
    const made = fc.oneof(
      fc.string(),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
    );
    fc.assert(fc.property(made, (text) => expect(() => parseCursor(text, 'slug')).toThrow(Refused)));
  });
});
