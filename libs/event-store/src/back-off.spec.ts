import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backOffMs } from './back-off.js';

describe('backing off', () => {
  it('doubles up to a most, never below half of it, whatever the attempt', () => {
    fc.assert(
      fc.property(fc.nat(10_000), (attempt) => {
        const ceiling = Math.min(1_000, 50 * 2 ** attempt);
        const wait = backOffMs(attempt);
        expect(wait >= ceiling / 2 && wait <= ceiling).toBe(true);
      }),
    );
  });
});
