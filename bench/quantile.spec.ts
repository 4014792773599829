import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { median, quantile, rounded } from './quantile.js';

describe('a quantile', () => {
  it('is one of the values, and at least its share of them does not exceed it', () => {
    const values = fc.array(fc.double({ noNaN: true }), { minLength: 1 });
    const share = fc.double({ min: 0.01, max: 1, noNaN: true });
    fc.assert(
      fc.property(values, share, (all, q) => {
        const found = quantile(all, q);
        const within = all.filter((value) => value <= found).length;
        expect(all).toContain(found);
        expect(within / all.length).toBeGreaterThanOrEqual(q);
      }),
    );
  });

  it('of one hundred numbers is the one with that many below or at it', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([quantile(hundred, 0.99), median(hundred), quantile(hundred, 1)]).toEqual([99, 50, 100]);
  });

  it('of nothing is no number', () => expect(median([])).toBeNaN());
});

describe('a figure', () => {
  it.each([
    [4_567.8, 4_570],
    [0.51234, 0.512],
  ])('of %d is shown as %d', (exact, shown) => expect(rounded(exact)).toBe(shown));
});
