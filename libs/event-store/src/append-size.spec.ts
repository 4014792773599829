import { describe, expect, it } from '@jest/globals';
import { APPEND_LIMIT, sizeWithinLimit } from './append-size.js';
import { AppendTooLarge } from './errors.js';
import { coin } from './jar.fixtures.js';

const text = (length: number, letter = 'x') => ({ ...coin('one'), data: { text: letter.repeat(length) } });

describe('the size of an append', () => {
  it('H10 is refused above the limit of all its events together, with both numbers', () => {
    expect(() => sizeWithinLimit('jar-1', [text(APPEND_LIMIT / 2), text(APPEND_LIMIT / 2)])).toThrow(
      AppendTooLarge,
    );
    expect(sizeWithinLimit('jar-1', [text(APPEND_LIMIT - 500)])).toBeLessThanOrEqual(APPEND_LIMIT);
  });

  it('counts bytes, not letters', () => {
    expect(sizeWithinLimit('jar-1', [text(1_000, 'é')])).toBeGreaterThan(2_000);
  });
});
