import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatToken, parseToken } from './position-token.js';

const position = fc.record({
  logId: fc.uuid(),
  position: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
});

describe('a position token', () => {
  it('says its log and its place, and nothing is lost on the way', () => {
    fc.assert(fc.property(position, (at) => expect(parseToken(formatToken(at))).toEqual(at)));
  });

  it('is nothing else: any other text is refused', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parseToken(text);
        expect(parsed === undefined || formatToken(parsed) === text).toBe(true);
      }),
    );
    const { logId } = { logId: '65b90331-bf8a-4c72-8f6d-8b1a554a8338' };
    for (const text of [
      '',
      '5',
      `${logId}`,
      `${logId}:`,
      `${logId}:-1`,
      `${logId}:01`,
      `${logId}:1 `,
      `${logId}:1e3`,
    ]) {
      expect(parseToken(text)).toBeUndefined();
    }
  });
});
