import { describe, expect, it } from '@jest/globals';
import { watchSilence } from './silence.js';

const beats = (...entries: readonly (readonly [string, number])[]) => new Map(entries);

describe('whose silence counts', () => {
  it('a worker that beats is never silent, whatever its clock says', () => {
    const watch = watchSilence();
    for (let pass = 1; pass <= 5; pass += 1) {
      watch.look(beats(['w', pass]), pass * 30_000);
      expect(watch.isSilent('w')).toBe(false);
    }
  });

  it('one that stopped beating is silent after two passes without a new beat', () => {
    const watch = watchSilence();
    const seen = [0, 30_000, 60_000].map((now) => {
      watch.look(beats(['w', 7]), now);
      return watch.isSilent('w');
    });
    expect(seen).toEqual([false, false, true]);
  });

  it('one that nobody heard of is silent after two passes too, and not before (Redis may have been emptied)', () => {
    const watch = watchSilence();
    const seen = [0, 30_000, 60_000].map((now) => {
      watch.look(beats(), now);
      return watch.isSilent('w');
    });
    expect(seen).toEqual([false, false, true]);
  });

  it('one that left is remembered for an hour, and longer while somebody asks about it', () => {
    const watch = watchSilence();
    for (const now of [0, 30_000, 60_000]) watch.look(beats(['left', 7], ['asked', 7]), now);
    watch.look(beats(), 3_599_999);
    expect([watch.isSilent('left'), watch.isSilent('asked')]).toEqual([true, true]);
    watch.look(beats(), 3_599_999);
    expect(watch.isSilent('asked')).toBe(true);
    watch.look(beats(), 3_600_000);
    expect([watch.isSilent('left'), watch.isSilent('asked')]).toEqual([false, true]);
  });

  it('one that comes back is heard at once', () => {
    const watch = watchSilence();
    for (const now of [0, 30_000, 60_000]) watch.look(beats(['w', 7]), now);
    expect(watch.isSilent('w')).toBe(true);
    watch.look(beats(['w', 8]), 61_000);
    expect(watch.isSilent('w')).toBe(false);
  });
});
