import { describe, expect, it } from '@jest/globals';
import { type Activity, type BuildStatus, STILL_MS } from '@stemma/read-model';
import { healthOf } from './health-of.js';
import { openLagWatch } from './watch-lag.js';

const at = (position: bigint, activity: Activity = 'live', parked = 0): BuildStatus => ({
  ...{ projection: 'runs', version: 1, build: 1, events: 0, transactions: 0, reason: null },
  ...{ activity, position, parked },
});

/** Looks once a second at a build that stands there, with the newest event there. */
function lookAt(seen: readonly (readonly [position: bigint, head: bigint, activity?: Activity])[]) {
  const watch = openLagWatch();
  for (const [second, [position, head, activity]] of seen.entries()) {
    watch.look([at(position, activity)], { head, drops: 0 }, second * 1_000);
  }
  return watch.still();
}

const seconds = STILL_MS / 1_000 + 1;
const times = <T>(of: (second: number) => T) => Array.from({ length: seconds }, (_, second) => of(second));

describe('a lag', () => {
  it('that stands still while events arrive is noticed', () => {
    expect(lookAt(times((second) => [5n, BigInt(10 + second)]))).toEqual(['runs 1 (build 1)']);
    expect(lookAt(times(() => [5n, 10n]))).toEqual(['runs 1 (build 1)']);
  });

  it('is none while the projection moves, or stands at the end of the log', () => {
    expect(lookAt(times((second) => [BigInt(second), 1_000n]))).toEqual([]);
    expect(lookAt(times(() => [10n, 10n]))).toEqual([]);
    expect(lookAt([...times((): [bigint, bigint] => [5n, 10n]), [6n, 10n]])).toEqual([]);
  });

  it('is meant while an operator paused it', () => {
    expect(lookAt(times(() => [5n, 10n, 'paused']))).toEqual([]);
  });
});

describe('the health of a projector', () => {
  it('is degraded, and says by what, when a projection is paused, stands still or has parked streams', () => {
    expect(healthOf([at(5n)])).toMatchObject({ ready: true, body: { status: 'ready' } });
    expect(healthOf([at(5n)], ['runs 1 (build 1)'])).toMatchObject({
      ready: true,
      body: { status: 'degraded', still: ['runs 1 (build 1)'] },
    });
    expect(healthOf([at(5n, 'live', 2)])).toMatchObject({ ready: true, body: { status: 'degraded' } });
    expect(healthOf([at(5n), at(5n, 'paused')])).toMatchObject({ ready: true, body: { status: 'degraded' } });
    expect(healthOf([at(5n, 'stopped')])).toMatchObject({ ready: false, body: { status: 'not-ready' } });
  });
});
