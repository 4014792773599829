import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { weightedCache } from './weighted-cache.js';

describe('a weighted cache', () => {
  it('keeps what was used last, within its entries', () => {
    const cache = weightedCache<string>({ entries: 2, weight: 100 });
    cache.set('a', 'A', 1);
    cache.set('b', 'B', 1);
    cache.get('a');
    cache.set('c', 'C', 1);
    expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual(['A', undefined, 'C']);
  });

  it('lets light ones go for a heavy one, and keeps one that is too heavy alone', () => {
    const cache = weightedCache<string>({ entries: 10, weight: 100 });
    for (const key of ['a', 'b', 'c']) cache.set(key, key, 30);
    cache.set('d', 'd', 70);
    expect([cache.size, cache.weight]).toEqual([2, 100]);
    cache.set('e', 'e', 500);
    expect([cache.size, cache.get('e')]).toEqual([1, 'e']);
  });

  it('counts an entry by its last weight', () => {
    const cache = weightedCache<string>({ entries: 10, weight: 100 });
    cache.set('a', 'a', 10);
    cache.set('a', 'a', 25);
    cache.delete('b');
    expect(cache.weight).toBe(25);
    cache.delete('a');
    expect(cache.weight).toBe(0);
  });

  it('keeps nothing when it has room for no entry', () => {
    const cache = weightedCache<string>({ entries: 0, weight: 100 });
    cache.set('a', 'a', 1);
    expect([cache.get('a'), cache.size, cache.weight]).toEqual([undefined, 0, 0]);
  });

  it('never holds more than it may, whatever happens', () => {
    const steps = fc.array(fc.record({ key: fc.nat(9), weight: fc.nat(60), act: fc.nat(2) }));
    fc.assert(
      fc.property(steps, (taken) => {
        const cache = weightedCache<number>({ entries: 5, weight: 100 });
        for (const { key, weight, act } of taken) {
          if (act === 0) cache.get(String(key));
          else if (act === 1) cache.delete(String(key));
          else cache.set(String(key), weight, weight);
        }
        expect(cache.size).toBeLessThanOrEqual(5);
        expect(cache.weight <= 100 || cache.size === 1).toBe(true);
      }),
    );
  });
});
