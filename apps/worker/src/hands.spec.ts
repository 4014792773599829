import { describe, expect, it } from '@jest/globals';
import { openHands } from './hands.js';

const job = (runId: string, attempt = 1) => ({ tenantId: 'tenant', runId, attempt });

describe('an attempt', () => {
  it('that comes twice is executed once; both wait for its end, and who began it is told its fault', async () => {
    const { promise, reject } = Promise.withResolvers<undefined>();
    const begun: string[] = [];
    const hands = openHands(({ runId, attempt }) => {
      begun.push(`${runId}-${attempt}`);
      return promise;
    });
    const [first, joined, other] = [hands.take(job('a')), hands.take(job('a')), hands.take(job('a', 2))];
    const ends: string[] = [];
    const waiting = joined.then(() => ends.push('joined'));
    expect(begun).toEqual(['a-1', 'a-2']);
    expect(hands.size).toBe(2);
    await Promise.resolve();
    expect(ends).toEqual([]);
    reject(new Error('lost'));
    for (const one of [first, other]) await expect(one).rejects.toThrow('lost');
    await waiting;
    expect(ends).toEqual(['joined']);
    await hands.empty();
    expect(hands.size).toBe(0);
  });

  it('that has ended is taken again: whether it is due, the log says', async () => {
    let times = 0;
    const hands = openHands(() => Promise.resolve(void (times += 1)));
    await hands.take(job('a'));
    await hands.take(job('a'));
    expect(times).toBe(2);
  });
});
