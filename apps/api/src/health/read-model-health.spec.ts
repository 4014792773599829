import { describe, expect, it } from '@jest/globals';
import type { EventStore } from '@stemma/event-store';
import { readModelHealth } from './read-model-health.js';

const healthWhen = (standingStill: () => Promise<readonly string[]>) =>
  readModelHealth({
    readModel: { isReady: () => true, standingStill, waitFor: () => Promise.resolve() },
    store: {} as EventStore,
    clock: () => new Date(),
    lookMs: 20,
  });

const untold = { ok: true, degraded: true, detail: expect.stringContaining('cannot be told') };

describe('the health of what is read', () => {
  it('is good when nothing stands still, and degraded when something does', async () => {
    const still: string[] = [];
    const look = healthWhen(() => Promise.resolve([...still]));
    expect(await look()).toEqual({ ok: true, detail: 'every projection can be read' });
    still.push('runs 3');
    expect(await look()).toMatchObject({ degraded: true, detail: expect.stringContaining('runs 3') });
  });

  it('is degraded when it cannot be told: a failure', async () => {
    expect(await healthWhen(() => Promise.reject(new Error('away')))()).toEqual(untold);
  });

  it('is degraded while no answer comes, and those who ask meanwhile take no more connections', async () => {
    const answer = Promise.withResolvers<readonly string[]>();
    let asked = 0;
    const look = healthWhen(() => {
      asked += 1;
      return answer.promise;
    });
    expect(await Promise.all([look(), look(), look()])).toEqual([untold, untold, untold]);
    expect(await look()).toEqual(untold);
    expect(asked).toBe(1);
    answer.resolve([]);
    await answer.promise;
    expect(await look()).toMatchObject({ ok: true, detail: 'every projection can be read' });
    expect(await look()).not.toHaveProperty('degraded');
    expect(asked).toBeGreaterThan(1);
  });
});
