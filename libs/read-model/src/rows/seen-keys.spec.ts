import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { seenKeys } from './seen-keys.js';

describe('keys that were seen', () => {
  it('are never forgotten', () => {
    const property = fc.property(fc.array(fc.string()), (keys) => {
      const seen = seenKeys(1_024);
      for (const key of keys) seen.add(key);
      return keys.every((key) => seen.has(key));
    });
    fc.assert(property);
  });

  it('are seldom mistaken for others', () => {
    const seen = seenKeys();
    for (let key = 0; key < 200_000; key += 1) seen.add(`7b1f3a52-3d1e-5b0a-9c55-${key}`);
    const mistaken = Array.from({ length: 20_000 }, (_, key) => `7b1f3a52-3d1e-5b0a-9c56-${key}`).filter(
      (key) => seen.has(key),
    );
    expect(mistaken.length).toBeLessThan(200);
  });
});
