import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  asClientEvent,
  coins,
  eventually,
  type FaultyStore,
  newStream,
  startFaultyStore,
} from './faults.fixtures.js';
import type { Delivery, SubscribeOptions } from './index.js';

describe('a subscription', () => {
  let faulty: FaultyStore;
  const following: AbortController[] = [];
  beforeAll(async () => {
    faulty = await startFaultyStore();
  });
  afterEach(() => {
    for (const follower of following.splice(0)) follower.abort();
    faulty.proxy.refuse(false);
  });
  afterAll(() => faulty.close());

  /** What a consumer was handed, which takes one at a time. */
  function follow(options: Omit<SubscribeOptions, 'signal'>, handle = async (_: Delivery) => {}) {
    const deliveries: Delivery[] = [];
    const stop = new AbortController();
    following.push(stop);
    const ended = (async () => {
      for await (const delivery of faulty.store.subscribe({ ...options, signal: stop.signal })) {
        deliveries.push(delivery);
        await handle(delivery);
      }
    })();
    const ids = () => deliveries.flatMap((one) => (one.kind === 'event' ? [one.event.id] : []));
    const isCaughtUp = () => deliveries.some(({ kind }) => kind === 'caughtUp');
    return { deliveries, ids, isCaughtUp, ended, stop };
  }

  const written = async (count: number, stream = newStream()) => {
    const events = coins(stream, count);
    const { position } = await faulty.store.append(stream, events, 'any');
    return { stream, position, ids: events.map(({ id }) => id) };
  };

  it('hands over what comes after a position, then what comes from now on', async () => {
    const past = await written(3);
    const first = await written(2);
    const follower = follow({ after: past.position });
    await eventually('caught up', follower.isCaughtUp);
    const second = await written(2);
    await eventually('live', () => follower.ids().length === 4);
    expect(follower.ids()).toEqual([...first.ids, ...second.ids]);
  });

  it('from the end tells first where it begins, and goes on from there when cut before the first event', async () => {
    const past = await written(1);
    const follower = follow({ after: 'end' });
    await eventually('begun', () => follower.deliveries.length > 0);
    faulty.proxy.refuse(true);
    faulty.proxy.cut();
    const missed = coins(newStream(), 2);
    await faulty.direct.appendToStream(newStream(), missed.map(asClientEvent));
    faulty.proxy.refuse(false);
    await eventually('resumed', () => follower.ids().length === 2);
    const [begin] = follower.deliveries;
    expect(begin?.kind === 'checkpoint' && begin.position >= past.position).toBe(true);
    expect(follower.ids()).toEqual(missed.map(({ id }) => id));
  });

  it('takes streams by prefix', async () => {
    const start = await written(1);
    const mine = await written(2, `mine-${newStream()}`);
    await written(2);
    const follower = follow({ after: start.position, streamPrefixes: ['mine-', 'ours-'] });
    await eventually('caught up', follower.isCaughtUp);
    expect(follower.ids()).toEqual(mine.ids);
  });

  it('H2 is caught up only when everything before was handed over, however slow the consumer', async () => {
    const start = await written(1);
    const past = await written(300);
    const follower = follow({ after: start.position }, () => new Promise(setImmediate));
    await eventually('caught up', follower.isCaughtUp);
    const kinds = follower.deliveries.map(({ kind }) => kind);
    expect(kinds.indexOf('caughtUp')).toBe(past.ids.length);
  });

  it('H3 never hands over a checkpoint beyond the last event, so that nothing is skipped after a cut', async () => {
    const start = await written(1);
    const follower = follow({ after: start.position, streamPrefixes: ['rare-'] });
    const expected: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      await written(400);
      expected.push(...(await written(1, `rare-${newStream()}`)).ids);
      await eventually('handed over', () => follower.ids().length === expected.length);
      faulty.proxy.cut();
    }
    expect(follower.ids()).toEqual(expected);
    expect(follower.deliveries.filter(({ kind }) => kind === 'checkpoint')).toEqual([]);
  });

  it('H4 resumes after every cut, each event once and in the order of the log', async () => {
    const start = await written(1);
    const follower = follow({ after: start.position });
    const expected: string[] = [];
    for (let round = 0; round < 12; round += 1) {
      faulty.proxy.cut();
      expected.push(...(await written(5)).ids);
    }
    await eventually('all', () => follower.ids().length >= expected.length);
    expect(follower.ids()).toEqual(expected);
  }, 30_000);

  it('H4 resumes when the store was away, and when it stopped and started again', async () => {
    const start = await written(1);
    const follower = follow({ after: start.position });
    await eventually('caught up', follower.isCaughtUp);
    faulty.proxy.refuse(true);
    faulty.proxy.cut();
    const { accepted } = faulty.proxy;
    await eventually('knocking', () => faulty.proxy.accepted > accepted + 1);
    faulty.proxy.refuse(false);
    const first = await written(2);
    await eventually('back', () => follower.ids().length === 2);
    await faulty.log.stop();
    await faulty.log.start();
    const second = await written(2);
    await eventually('back again', () => follower.ids().length === 4);
    expect(follower.ids()).toEqual([...first.ids, ...second.ids]);
  }, 30_000);

  it('H4 notices a connection that went dead silently, and resumes', async () => {
    const start = await written(1);
    const follower = follow({ after: start.position });
    await eventually('caught up', follower.isCaughtUp);
    faulty.proxy.halfOpen();
    const more = await written(3);
    await eventually('resumed', () => follower.ids().length === 3);
    expect(follower.ids()).toEqual(more.ids);
  });

  it('H4 tells that it was cut, and is caught up again when all since was handed over', async () => {
    const start = await written(1);
    const story: string[] = [];
    const follower = follow({ after: start.position, onInterrupted: () => story.push('cut') }, (delivery) => {
      story.push(delivery.kind);
      return Promise.resolve();
    });
    await eventually('caught up', follower.isCaughtUp);
    faulty.proxy.cut();
    await eventually('cut', () => story.includes('cut'));
    await written(1);
    await eventually('caught up again', () => story.lastIndexOf('caughtUp') > story.lastIndexOf('cut'));
    await eventually('handed over', () => story.includes('event'));
    expect(story.slice(0, 2)).toEqual(['caughtUp', 'cut']);
  });

  it('H8 hands over one event at a time, whatever the consumer awaits', async () => {
    const start = await written(1);
    const past = await written(40);
    const handled: string[] = [];
    const follower = follow({ after: start.position }, async (delivery) => {
      if (delivery.kind !== 'event') return;
      for (let turns = delivery.event.id.charCodeAt(0) % 7; turns > 0; turns -= 1) {
        await new Promise(setImmediate);
      }
      handled.push(delivery.event.id);
    });
    await eventually('caught up', follower.isCaughtUp);
    expect(handled).toEqual(past.ids);
  });

  it('H9 begins behind its position, and leaves out deleted streams’ tombstones and system events', async () => {
    const start = await written(1);
    const doomed = await written(2);
    await faulty.direct.setStreamMetadata(doomed.stream, { maxCount: 5 });
    await faulty.direct.tombstoneStream(doomed.stream);
    const after = await written(1);
    const follower = follow({ after: start.position });
    await eventually('caught up', follower.isCaughtUp);
    const others = follower.ids().filter((id) => !doomed.ids.includes(id));
    expect(others).toEqual(after.ids);
  });

  it('ends when its signal says so, and only then', async () => {
    const follower = follow({ after: null });
    await eventually('caught up', follower.isCaughtUp);
    follower.stop.abort();
    await follower.ended;
    const seen = follower.deliveries.length;
    await written(1);
    expect(follower.deliveries).toHaveLength(seen);
  });

  it('gives each event once to a handler that commits its position, though it crashes again and again', async () => {
    const start = await written(1);
    const past = await written(60);
    const committed = { position: start.position, ids: [] as string[] };
    const crashing = async (delivery: Delivery) => {
      await new Promise(setImmediate);
      if (delivery.kind !== 'event') return;
      committed.position = delivery.event.position;
      committed.ids.push(delivery.event.id);
      if (committed.ids.length % 6 === 0) throw new Error('crash');
    };
    while (committed.ids.length < past.ids.length) {
      const follower = follow({ after: committed.position }, crashing);
      faulty.proxy.cut();
      await expect(follower.ended).rejects.toThrow('crash');
    }
    expect(committed.ids).toEqual(past.ids);
  }, 30_000);
});
