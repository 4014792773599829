import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectRedis, type Presence, readPresence, readReports } from '@stemma/queue';
import { startRedis } from '@stemma/testing';
import { openActiveRuns } from './active-runs.js';
import { openAdmission } from './admission.js';
import { beat, type BeatParts } from './beat.js';
import { openCompany } from './company.js';

const NOW = 1_000_000;
const identity = { id: 'me', isCertainlyGone: () => false };

let server: Awaited<ReturnType<typeof startRedis>>;
let redis: ReturnType<typeof connectRedis>;

beforeAll(async () => {
  server = await startRedis();
  redis = connectRedis({ url: server.url, onFault: () => undefined });
  await new Promise((resolve) => redis.once('ready', resolve));
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

function parts(poolState: BeatParts['runner']['poolState'], presence: () => Promise<Presence>): BeatParts {
  return {
    ...{ identity, concurrency: 4, perTenant: 2, clock: () => NOW, readPresence: presence },
    ...{ active: openActiveRuns(), admission: openAdmission(2) },
    runner: { poolState, listContainers: () => Promise.resolve([]) },
    company: openCompany(identity, { isSilent: () => false }),
  };
}

const aliveAndReported = async (): Promise<unknown> => [
  (await readPresence(redis, NOW)).get('me'),
  (await readReports(redis, NOW)).map(({ workerId }) => workerId),
];

describe('a beat', () => {
  it('tells what this worker does also when it cannot see who else lives', async () => {
    await redis.flushall();
    const blind = parts(
      () => [],
      () => Promise.reject(new Error('blind')),
    );
    await expect(beat(redis, blind)).rejects.toThrow('blind');
    expect(await aliveAndReported()).toEqual([NOW, ['me']]);
    expect(blind.company.isAlone()).toBe(false);
  });

  it('sees who else lives also when it cannot tell what it does', async () => {
    await redis.flushall();
    const mute = parts(
      () => {
        throw new Error('mute');
      },
      () => readPresence(redis, NOW),
    );
    await expect(beat(redis, mute)).rejects.toThrow('mute');
    expect(await aliveAndReported()).toEqual([NOW, []]);
    expect(mute.company.isAlone()).toBe(true);
  });
});
