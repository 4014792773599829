import { describe, expect, it } from '@jest/globals';
import { counterRows, stepRows } from '../log/counters.fixtures.js';
import { rowWeights } from './row-weights.js';

describe('what rows weigh', () => {
  it('is more the more text is written of them, table by table, and something before any was', () => {
    const weights = rowWeights();
    const bare = weights.of(counterRows);
    expect(bare).toBeGreaterThan(300);
    weights.note(counterRows, 10, 10_000);
    expect(weights.of(counterRows)).toBeGreaterThan(bare + 1_000);
    weights.note(counterRows, 30, 10_000);
    expect(weights.of(counterRows)).toBe(bare + 1_000);
    expect(weights.of(stepRows)).toBeLessThan(bare + 100);
  });

  it('follows a log that comes to larger rows, however long it was', () => {
    const weights = rowWeights();
    const bare = weights.of(counterRows);
    for (let page = 0; page < 1_000; page += 1) weights.note(counterRows, 1_000, 100_000);
    for (let page = 0; page < 20; page += 1) weights.note(counterRows, 1_000, 4_000_000);
    expect(weights.of(counterRows)).toBeGreaterThan(bare + 4_000);
  });
});
