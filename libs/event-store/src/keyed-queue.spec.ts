import { describe, expect, it } from '@jest/globals';
import { StreamBusy } from './errors.js';
import { keyedQueue } from './keyed-queue.js';

describe('a keyed queue', () => {
  it('runs the work of one key in turn, and of other keys beside it', async () => {
    const inTurn = keyedQueue(10);
    const trace: string[] = [];
    const work = (name: string) => async () => {
      trace.push(`${name} begins`);
      await new Promise(setImmediate);
      trace.push(`${name} ends`);
    };
    await Promise.all([inTurn('a', work('a1')), inTurn('a', work('a2')), inTurn('b', work('b1'))]);
    expect(trace.indexOf('a2 begins')).toBeGreaterThan(trace.indexOf('a1 ends'));
    expect(trace.indexOf('b1 begins')).toBeLessThan(trace.indexOf('a1 ends'));
  });

  it('goes on after work that failed', async () => {
    const inTurn = keyedQueue(10);
    const failed = inTurn('a', () => Promise.reject(new Error('no')));
    await expect(inTurn('a', () => Promise.resolve('yes'))).resolves.toBe('yes');
    await expect(failed).rejects.toThrow('no');
  });

  it('refuses more than its limit per key, until there is room again', async () => {
    const inTurn = keyedQueue(2);
    const pieces = [1, 2, 3].map((n) => inTurn('a', () => Promise.resolve(n)));
    await expect(pieces[2]).rejects.toThrow(StreamBusy);
    await Promise.allSettled(pieces);
    await expect(inTurn('a', () => Promise.resolve(4))).resolves.toBe(4);
  });
});
