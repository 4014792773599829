import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochMs } from './instants.js';

describe('an instant as events carry it', () => {
  it('is as many milliseconds after 1970 as the calendar says, leap days too', () => {
    const min = new Date('0001-01-01T00:00:00.000Z');
    const max = new Date('9999-12-31T23:59:59.999Z');
    fc.assert(
      fc.property(fc.date({ min, max, noInvalidDate: true }), (date) => {
        expect(epochMs(date.toISOString())).toBe(date.getTime());
      }),
    );
    expect(epochMs('2028-02-29T00:00:00.000Z')).toBe(Date.UTC(2028, 1, 29));
  });

  it.each(['2026-11-21', '2026-11-21T08:00:00Z', 'yesterday', ''])('is not %p', (text) => {
    expect(() => epochMs(text)).toThrow('is not an instant');
  });
});
