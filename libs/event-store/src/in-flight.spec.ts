import { describe, expect, it } from '@jest/globals';
import { inFlight } from './in-flight.js';

const settle = () => new Promise(setImmediate);
const MEBIBYTE = 1024 * 1024;

describe('appends in flight', () => {
  /** Asks for `count` places at once and tells how many were given. */
  async function ask(appends: ReturnType<typeof inFlight>, count: number, bytes: number) {
    let given = 0;
    for (let n = 0; n < count; n += 1) {
      void Promise.resolve(appends.enter(bytes, 200)).then((entered) => (given += Number(entered)));
    }
    await settle();
    return given;
  }

  it('are many when small', async () => {
    const appends = inFlight();
    expect(await ask(appends, 300, 100)).toBe(256);
    appends.leave(100);
    expect(appends.count).toBe(256);
  });

  it('are few when large, but always one', async () => {
    expect(await ask(inFlight(), 40, MEBIBYTE)).toBe(8);
    expect(await ask(inFlight(), 40, 20 * MEBIBYTE)).toBe(1);
  });

  it('go in the order of arrival, a large one before the small ones behind it', async () => {
    const appends = inFlight();
    await ask(appends, 8, MEBIBYTE);
    const order: string[] = [];
    void Promise.resolve(appends.enter(MEBIBYTE, 200)).then(() => order.push('large'));
    void Promise.resolve(appends.enter(1, 200)).then(() => order.push('small'));
    await settle();
    expect(order).toEqual([]);
    appends.leave(MEBIBYTE);
    appends.leave(MEBIBYTE);
    await settle();
    expect(order).toEqual(['large', 'small']);
  });

  it('do not wait longer than they may', async () => {
    const appends = inFlight();
    await ask(appends, 256, 1);
    expect(await appends.enter(1, 0)).toBe(false);
    expect(appends.count).toBe(256);
  });
});
