import { describe, expect, it } from '@jest/globals';
import { openLookAhead } from './look-ahead.js';

describe('what is looked for ahead', () => {
  it('is there once, for a moment', async () => {
    let now = 0;
    const ahead = openLookAhead<string>(() => now);
    for (const run of ['soon', 'late']) ahead.begin(run, () => Promise.resolve(`of ${run}`));
    expect([await ahead.take('soon'), await ahead.take('soon')]).toEqual(['of soon', undefined]);
    now = 501;
    expect(await ahead.take('late')).toBeUndefined();
  });

  it('is looked for again when the look failed', async () => {
    const ahead = openLookAhead<string>();
    ahead.begin('run', () => Promise.reject(new Error('away')));
    expect(await ahead.take('run')).toBeUndefined();
  });

  it('is of few runs at a time, and not of those that somebody else took', async () => {
    let now = 0;
    const ahead = openLookAhead<number>(() => now);
    for (let run = 0; run < 20; run += 1) ahead.begin(`run ${run}`, () => Promise.resolve(run));
    expect([await ahead.take('run 15'), await ahead.take('run 16')]).toEqual([15, undefined]);
    now = 501;
    ahead.begin('next', () => Promise.resolve(1));
    expect(await ahead.take('next')).toBe(1);
  });
});
