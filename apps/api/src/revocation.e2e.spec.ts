import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventStore, SubscribeOptions } from '@stemma/event-store';
import { eventually } from '@stemma/testing';
import { once } from 'node:events';
import { type Replica, startTestApi, type TestApi } from './api.fixtures.js';

let here: TestApi;
let there: Replica;
const cutting = new AbortController();

beforeAll(async () => {
  here = await startTestApi();
  there = await here.replica(subscriptionUntil(cutting.signal));
}, 60_000);
afterAll(async () => {
  await there.close();
  await here.close();
}, 30_000);

/** A store whose subscriptions are cut for good by the signal, while everything else of it works on. */
const subscriptionUntil =
  (cut: AbortSignal) =>
  (store: EventStore): EventStore => ({
    ...store,
    subscribe: async function* (options: SubscribeOptions) {
      const signal = AbortSignal.any([options.signal, cut]);
      yield* store.subscribe({ ...options, signal });
      options.onInterrupted?.();
      if (!options.signal.aborted) await once(options.signal, 'abort');
    },
  });

type Calls = Pick<TestApi, 'call'>;

const statusOf = async (replica: Calls, key: unknown): Promise<number> =>
  (
    await replica.call('GET', '/v1/whoami', {
      as: null,
      headers: { Authorization: `Bearer ${String(key)}` },
    })
  ).status;

/** A key that both processes know. */
async function makeKey(): Promise<{ readonly key: unknown; readonly path: string }> {
  const { key, keyId } = (await here.call('POST', '/v1/keys', { body: {} })).body;
  await eventually(
    () => statusOf(there, key),
    (status) => status === 200,
  );
  return { key, path: `/v1/keys/${String(keyId)}` };
}

/** Milliseconds from the answer to the revocation until the last process that still let the key in. */
async function lastLetIn(key: unknown, path: string): Promise<number> {
  await here.call('DELETE', path);
  const revokedAt = performance.now();
  let last = 0;
  while (performance.now() - revokedAt < 1_500) {
    const asked = performance.now();
    const statuses = await Promise.all([statusOf(here, key), statusOf(there, key)]);
    if (statuses.includes(200)) last = asked - revokedAt;
  }
  return last;
}

describe('a revocation', () => {
  it('acts within a second on two processes', async () => {
    const { key, path } = await makeKey();
    expect(await lastLetIn(key, path)).toBeLessThan(1_000);
  });

  it('acts within a second also where the connection died and nobody was told', async () => {
    const { key, path } = await makeKey();
    there.between.halfOpen();
    expect(await lastLetIn(key, path)).toBeLessThan(1_000);
    there.between.cut();
    const next = await makeKey();
    expect(await statusOf(there, next.key)).toBe(200);
  }, 40_000);

  it('acts at once where the subscription is cut: then the streams of the key are read for each request', async () => {
    const { key, path } = await makeKey();
    const kept = await makeKey();
    cutting.abort();
    expect(await lastLetIn(key, path)).toBeLessThan(1_000);
    expect(await statusOf(there, kept.key)).toBe(200);
    expect(await statusOf(there, key)).toBe(401);
  });

  it('cannot be missed: where the streams cannot be read either, nobody is let in', async () => {
    const { key } = (await here.call('POST', '/v1/keys', { body: {} })).body;
    expect(await statusOf(there, key)).toBe(503);
    there.between.refuse(true);
    there.between.cut();
    await eventually(
      () => there.call('GET', '/v1/whoami'),
      ({ status }) => status === 503,
    );
    there.between.refuse(false);
  }, 30_000);
});
