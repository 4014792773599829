import { describe, expect, it } from '@jest/globals';
import { restartAfter } from './restart-policy.js';

describe('starting a crashed process again', () => {
  it('happens at once after the first crash, then after longer and longer', () => {
    const delays = [1, 2, 3, 4].map((n) => restartAfter(new Array<number>(n).fill(0), 0).delayMs);
    expect(delays).toEqual([250, 500, 1000, 2000]);
  });

  it('never waits longer than 15 s', () => {
    expect(restartAfter(new Array<number>(50).fill(0), 0).delayMs).toBe(15_000);
  });

  it('forgets crashes of more than a minute ago', () => {
    expect(restartAfter([0, 1, 2, 3, 100_000], 100_000)).toEqual({
      crashes: 1,
      delayMs: 250,
      keepsCrashing: false,
    });
  });

  it('calls five crashes within a minute what they are', () => {
    expect(restartAfter([0, 1, 2, 3], 3).keepsCrashing).toBe(false);
    expect(restartAfter([0, 1, 2, 3, 4], 4).keepsCrashing).toBe(true);
  });
});
