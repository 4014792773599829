import { describe, expect, it } from '@jest/globals';
import { eager, polite } from './politeness.js';

const { signal } = new AbortController();

async function restOf(isBusy: boolean, tookMs: number): Promise<number> {
  const began = performance.now();
  await polite(() => isBusy).rest(tookMs, signal);
  return performance.now() - began;
}

describe('a build that is filled beside others', () => {
  it('rests as long as it worked while they commit, and takes short pages', async () => {
    expect(await restOf(true, 60)).toBeGreaterThan(50);
    expect(polite(() => true).pageSize()).toBeLessThan(polite(() => false).pageSize());
  });

  it('goes at full speed while they are idle', async () => {
    expect(await restOf(false, 5_000)).toBeLessThan(2_000);
    expect(polite(() => false).pageSize()).toBe(eager.pageSize());
  });

  it('does not rest any longer when it is told to stop', async () => {
    await expect(polite(() => true).rest(400, AbortSignal.abort())).rejects.toThrow('abort');
  });
});
