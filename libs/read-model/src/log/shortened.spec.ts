import { describe, expect, it } from '@jest/globals';
import { named, shortened } from './shortened.js';

describe('what a text has no room for', () => {
  it('is left out at its end, and counted', () => {
    expect(shortened('abcdef', 6)).toBe('abcdef');
    expect(shortened('abcdefg', 6)).toBe('abcdef… (and 1 more characters)');
    expect(shortened('x'.repeat(1_000_000), 10_000).length).toBeLessThan(10_100);
  });

  it('never begins in the middle of a character', () => {
    expect(shortened('abc😀def', 4)).toBe('abc… (and 5 more characters)');
    expect(shortened('abc😀def', 5)).toBe('abc😀… (and 3 more characters)');
  });

  it('is counted when it is names', () => {
    expect(named(['a', 'b'])).toBe('a, b');
    const names = Array.from({ length: 13_000 }, (_, index) => `counter-${index}`);
    expect(named(names)).toMatch(/^counter-0, .*, counter-9 and 12990 more$/);
  });
});
