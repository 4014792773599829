import { describe, expect, it } from '@jest/globals';
import { APPEND_LIMIT, appendOf, sizeWithinLimit } from './append-size.js';
import { AppendTooLarge } from './errors.js';
import type { NewEvent } from './event-store.js';
import { coin } from './jar.fixtures.js';

const text = (length: number, letter = 'x') => ({ ...coin('one'), data: { text: letter.repeat(length) } });

const sizeOf = (events: readonly NewEvent[]): number => sizeWithinLimit(appendOf('jar-1', events, 'any'));

describe('the size of an append', () => {
  it('H10 is refused above the limit of all its events together, with both numbers', () => {
    expect(() => sizeOf([text(APPEND_LIMIT / 2), text(APPEND_LIMIT / 2)])).toThrow(AppendTooLarge);
    expect(sizeOf([text(APPEND_LIMIT - 500)])).toBeLessThanOrEqual(APPEND_LIMIT);
  });

  it('counts bytes, not letters', () => {
    expect(sizeOf([text(1_000, 'é')])).toBeGreaterThan(2_000);
  });
});
