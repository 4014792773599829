import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { askedRange } from './byte-range.js';

describe('a range of bytes', () => {
  it.each([
    ['bytes=2-4', { start: 2, end: 4 }],
    ['bytes=8-', { start: 8, end: 9 }],
    ['bytes=-3', { start: 7, end: 9 }],
    ['bytes=-99', { start: 0, end: 9 }],
    ['bytes=0-99', { start: 0, end: 9 }],
    ['bytes=10-', 'none'],
    ['bytes=-0', 'none'],
    ['bytes=5-2', 'whole'],
    ['bytes=0-0,2-3', 'whole'],
    ['bytes=-', 'whole'],
    ['items=1-2', 'whole'],
    [undefined, 'whole'],
  ] as const)('%s of ten bytes', (header, range) => {
    expect(askedRange(header, 10)).toEqual(range);
  });

  it('of nothing is none', () => expect(askedRange('bytes=0-', 0)).toBe('none'));

  it('never leads beyond what there is', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), (from, to, size) => {
        const range = askedRange(`bytes=${from}-${to}`, size);
        if (typeof range === 'string') return;
        expect(range.start).toBeLessThanOrEqual(range.end);
        expect(range.end).toBeLessThan(size);
      }),
    );
  });
});
