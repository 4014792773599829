import { describe, expect, it } from '@jest/globals';
import { closedLoop, openLoop } from './load.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const fault = new Error('refused');

describe('a closed loop', () => {
  it('keeps as many calls under way as it has lanes, and counts those that ended', async () => {
    let underWay = 0;
    let most = 0;
    let ended = 0;
    const perSecond = await closedLoop({ lanes: 3, seconds: 0.02 }, async () => {
      most = Math.max(most, (underWay += 1));
      await turn();
      underWay -= 1;
      ended += 1;
    });
    expect([most, underWay]).toEqual([3, 0]);
    expect(perSecond).toBeLessThanOrEqual(ended / 0.02);
    expect(perSecond).toBeGreaterThan(0);
  });

  it('fails with the first call that fails: a figure over refusals would measure nothing', async () => {
    const work = (_lane: number, round: number) => (round === 2 ? Promise.reject(fault) : turn());
    await expect(closedLoop({ lanes: 2, seconds: 10 }, work)).rejects.toBe(fault);
  });
});

describe('an open loop', () => {
  it('begins each call once, however long the earlier ones take', async () => {
    const begun: number[] = [];
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await openLoop({ perSecond: 1_000, seconds: 0.02 }, (index) => {
      if (begun.push(index) === 20) release();
      return held;
    });
    expect(begun).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });

  it('fails with the first call that fails, and begins no more', async () => {
    let begun = 0;
    const work = () => {
      begun += 1;
      return Promise.reject(fault);
    };
    await expect(openLoop({ perSecond: 100, seconds: 10 }, work)).rejects.toBe(fault);
    expect(begun).toBeLessThan(100);
  });
});
