import { describe, expect, it } from '@jest/globals';
import { allOf } from './all-of.js';

describe('work that is done side by side', () => {
  it('is over when all of it is, also when some of it fails at once', async () => {
    const slow = Promise.withResolvers<string>();
    let isOver = false;
    const all = allOf([Promise.reject(new Error('fenced')), slow.promise]).finally(() => (isOver = true));
    const failed = expect(all).rejects.toThrow('fenced');
    await new Promise((resolve) => setImmediate(resolve));
    expect(isOver).toBe(false);
    slow.resolve('indexed');
    await failed;
  });

  it('answers in order', async () => {
    expect(await allOf([Promise.resolve(1), Promise.resolve('two')])).toEqual([1, 'two']);
  });
});
