import { describe, expect, it } from '@jest/globals';
import { defaultLimits } from '../run-limits.js';
import { isOfClass } from './pool-options.js';
import { createRefiller } from './refiller.js';

describe('the class of a pool', () => {
  it('is fixed by what a container cannot change after its creation', () => {
    expect(
      isOfClass(
        { ...defaultLimits, timeoutMs: 1, outputBytes: 1, logBytes: 1, artifactBytes: 1 },
        defaultLimits,
      ),
    ).toBe(true);
    for (const name of ['memoryMb', 'pids', 'milliCpus', 'tmpfsMb'] as const) {
      expect(isOfClass({ ...defaultLimits, [name]: defaultLimits[name] - 1 }, defaultLimits)).toBe(false);
    }
    expect(isOfClass({ ...defaultLimits, timeoutMs: defaultLimits.timeoutMs + 1 }, defaultLimits)).toBe(
      false,
    );
  });
});

describe('the refiller', () => {
  it('starts until none is lacking, at most two at once', async () => {
    let [there, most] = [0, 0];
    const done = new Promise<void>((resolve) => {
      const refiller = createRefiller({
        lacks: (starting) => there + starting < 5,
        start: async () => {
          most = Math.max(most, refiller.state().starting);
          await Promise.resolve();
          there += 1;
          if (there === 5) resolve();
        },
      });
      refiller.fillIn(0);
    });
    await done;
    expect([there, most <= 2]).toEqual([5, true]);
  });

  it('yields to what goes on in a row, and for no longer than a second', async () => {
    const begun = performance.now();
    const ages: number[] = [];
    const done = Promise.withResolvers<undefined>();
    const refiller = createRefiller({
      lacks: (starting) => ages.length + starting < 1,
      start: () => {
        ages.push(performance.now() - begun);
        done.resolve(undefined);
        return Promise.resolve();
      },
    });
    const inARow = setInterval(() => refiller.yieldFor(500), 20);
    await done.promise;
    clearInterval(inARow);
    await refiller.close();
    expect(ages[0]).toBeGreaterThanOrEqual(990);
    expect(ages[0]).toBeLessThan(3_000);
  });

  it('tells what hinders it, and forgets it when it went well', async () => {
    let tries = 0;
    const refiller = createRefiller({
      lacks: (starting) => tries < 2 && starting === 0,
      start: () => {
        tries += 1;
        return tries === 1 ? Promise.reject(new Error('no engine')) : Promise.resolve();
      },
    });
    const faults: (string | null)[] = [];
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        const { fault } = refiller.state();
        if (fault !== faults.at(-1)) faults.push(fault);
        if (tries === 2 && fault === null) {
          clearInterval(timer);
          resolve();
        }
      }, 5);
      refiller.fillIn(0);
    });
    expect(faults.slice(-2)).toEqual(['no engine', null]);
  });
});
