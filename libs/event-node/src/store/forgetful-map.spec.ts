import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createForgetfulMap } from './forgetful-map.js';

it('knows the newest entries by their newest value, and never more than twice as many', () => {
  const keys = fc.array(fc.nat({ max: 40 }), { maxLength: 300 });
  fc.assert(
    fc.property(keys, fc.integer({ min: 1, max: 15 }), (written, capacity) => {
      const map = createForgetfulMap<number>(capacity);
      written.forEach((key, at) => map.set(String(key), at));
      const newestFirst = [...new Set(written.toReversed())];
      const known = newestFirst.filter((key) => map.get(String(key)) !== undefined);
      expect(known.length).toBeGreaterThanOrEqual(Math.min(capacity, newestFirst.length));
      expect(known.length).toBeLessThanOrEqual(2 * capacity);
      expect(known).toEqual(newestFirst.slice(0, known.length));
      for (const key of known) expect(map.get(String(key))).toBe(written.lastIndexOf(key));
    }),
  );
});
