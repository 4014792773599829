import { describe, expect, it } from '@jest/globals';
import type { RunNews } from './live-log.js';
import { type Heard, together } from './log-news.js';

const idle: Heard = { kind: 'idle' };
const moved: RunNews = { kind: 'moved' };
const lines = (attempt: number, ...offsets: readonly number[]): RunNews => ({
  kind: 'lines',
  attempt,
  lines: offsets.map((offset) => ({ offset, entry: {} })),
});
const hear = (...news: readonly RunNews[]): Heard => news.reduce(together, idle);

describe('what was heard of a run between two questions', () => {
  it('is the lines of its newest attempt, as long as none is missing between them', () => {
    expect(hear(lines(1, 0, 1), lines(1, 2), lines(1, 3))).toEqual(lines(1, 0, 1, 2, 3));
    expect(hear(lines(1, 7), lines(2, 0))).toEqual(lines(2, 0));
    expect(hear(lines(2, 0), lines(1, 8))).toEqual(lines(2, 0));
  });

  it('is that there are lines to be read, when some were not told or are many', () => {
    expect(hear(lines(1, 0), lines(1, 2))).toEqual(lines(1));
    expect(hear(lines(1), lines(1, 5))).toEqual(lines(1));
    expect(hear(lines(1, 0), lines(1))).toEqual(lines(1));
    const many = Array.from({ length: 2_000 }, (_, offset) => lines(1, offset));
    const heard = hear(...many);
    expect(heard.kind === 'lines' && heard.lines.length).toBeLessThan(501);
  });

  it('is that it moved on, whatever it said', () => {
    expect([hear(moved), hear(moved, lines(1, 0)), hear(lines(1, 0), moved)]).toEqual([moved, moved, moved]);
  });
});
