import { describe, expect, it } from '@jest/globals';
import { inFlight } from './in-flight.js';

const settle = () => new Promise(setImmediate);

describe('appends in flight', () => {
  /** Asks for `count` places at once and tells how many were given. */
  async function ask(appends: ReturnType<typeof inFlight>, count: number, bytes: number) {
    const given: (() => void)[] = [];
    for (let n = 0; n < count; n += 1) {
      void appends.enter(bytes, 200).then((leave) => leave && given.push(leave));
    }
    await settle();
    return given;
  }

  it('are fewer than what the client buffers, until one is answered', async () => {
    const appends = inFlight();
    expect(await ask(appends, 40, 100)).toHaveLength(15);
  });

  it('are many when small and answered, and few again after a failure', async () => {
    const appends = inFlight();
    appends.answered();
    const given = await ask(appends, 80, 100);
    expect(given).toHaveLength(64);
    appends.failed();
    for (const leave of given) leave();
    await settle();
    expect(appends.count).toBe(15);
  });

  it('are few when large', async () => {
    const appends = inFlight();
    appends.answered();
    expect(await ask(appends, 40, 30_000)).toHaveLength(15);
  });

  it('go in the order of arrival, a large one before the small ones behind it', async () => {
    const appends = inFlight();
    const first = await ask(appends, 15, 30_000);
    const order: string[] = [];
    void appends.enter(30_000, 200).then(() => order.push('large'));
    void appends.enter(1, 200).then(() => order.push('small'));
    await settle();
    expect(order).toEqual([]);
    first[0]?.();
    first[1]?.();
    await settle();
    expect(order).toEqual(['large', 'small']);
  });

  it('do not wait longer than they may', async () => {
    const appends = inFlight();
    await ask(appends, 15, 1);
    expect(await appends.enter(1, 0)).toBeUndefined();
    expect(appends.count).toBe(15);
  });
});
