import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startLog, type TestLog } from '@stemma/testing';
import { randomUUID } from 'node:crypto';
import {
  CommandIdReused,
  connectEventStore,
  type EventStore,
  openAggregate,
  PreconditionFailed,
  StreamBusy,
  UnknownEvent,
} from './index.js';
import { add, coin, collect, envelope, jarDecider, open, seal } from './jar.fixtures.js';

const retry = { onConflict: 'retry' } as const;
const refuse = { onConflict: 'refuse' } as const;
const create = { create: true, onConflict: 'retry' } as const;

describe('an aggregate', () => {
  let log: TestLog;
  let store: EventStore;
  const newStream = (): string => `jar-${randomUUID()}`;
  /** A process of its own, as far as cached states go. */
  const anApi = () => openAggregate({ store, decider: jarDecider });
  const typesIn = async (stream: string) => (await collect(store.readStream(stream))).map(({ type }) => type);

  beforeAll(async () => {
    log = await startLog();
    store = connectEventStore({ url: log.url });
  });
  afterAll(async () => {
    await store.close();
    await log.remove();
  });

  it('answers a command with its stored events, their revision and their position', async () => {
    const jars = anApi();
    const stream = newStream();
    await jars.execute(stream, open(), envelope(stream, 'c1'), create);
    const added = await jars.execute(stream, add(2), envelope(stream, 'c2'), retry);
    const [, first, second] = await collect(store.readStream(stream));
    expect(added).toMatchObject({ replayed: false, revision: 2n, state: { coins: 2 } });
    expect(added.position).toBe(second?.position);
    expect(added.events.map(({ id, revision }) => ({ id, revision }))).toEqual(
      [first, second].map((event) => ({ id: event?.id, revision: event?.revision })),
    );
  });

  it('answers a known command as the first time, also in another process and after other commands', async () => {
    const stream = newStream();
    const first = await anApi().execute(stream, open(), envelope(stream, 'c1'), create);
    await anApi().execute(stream, add(), envelope(stream, 'c2'), retry);
    const later = envelope(stream, 'c1', 'body', '2026-11-02T10:00:05.000Z');
    const again = await anApi().execute(stream, open(), later, create);
    expect(again).toMatchObject({ replayed: true, revision: 0n, position: first.position });
    expect(again.events[0]).toMatchObject({ id: first.events[0]?.id, metadata: first.events[0]?.metadata });
    expect(await typesIn(stream)).toEqual(['JarOpened', 'CoinsAdded']);
  });

  it('H1 answers whoever repeats what nobody can make again with what is stored, and asks nobody how far the log is', async () => {
    const stream = newStream();
    const unasked = { ...store, readAll: () => Promise.reject(new Error('it asked')) as never };
    const execution = (label: string) => {
      const jars = openAggregate({ store: unasked, decider: jarDecider });
      const own = { ...envelope(stream, 'c1'), eventId: () => randomUUID(), unrepeatable: true };
      return jars.execute(stream, open(label), own, create);
    };
    const answers = await Promise.all([execution('red'), execution('blue'), execution('green')]);
    const [first, ...others] = answers.sort((a, b) => Number(a.replayed) - Number(b.replayed));
    const [stored] = await collect(store.readStream(stream));
    expect(first).toMatchObject({ replayed: false, revision: 0n });
    expect(others.every(({ replayed }) => replayed)).toBe(true);
    for (const { events } of answers) expect(events[0]).toMatchObject({ id: stored?.id, data: stored?.data });
  });

  it('meets an event that a subscription handed over, and needs not read its stream; not one that has a gap before it', async () => {
    const stream = newStream();
    const writer = anApi();
    await writer.execute(stream, open(), envelope(stream, 'c1'), create);
    await writer.execute(stream, add(2), envelope(stream, 'c2'), retry);
    const [opened, first, second] = await collect(store.readStream(stream));
    if (!opened || !first || !second) throw new Error('not stored');
    const unread = { ...store, readStream: () => Promise.reject(new Error('it read')) as never };
    const follower = openAggregate({ store: unread, decider: jarDecider });
    expect(await follower.known(stream)).toBeUndefined();
    expect(await follower.meet(first)).toBeUndefined();
    expect(await follower.meet(opened)).toMatchObject({ revision: 0n, state: { coins: 0 } });
    expect(await follower.meet(opened)).toBeUndefined();
    expect(await follower.meet(second)).toBeUndefined();
    await follower.meet(first);
    expect(await follower.meet(second)).toMatchObject({ revision: 2n, state: { coins: 2 } });
    expect(await follower.known(stream)).toMatchObject({ revision: 2n, state: { coins: 2 } });
    await follower.execute(stream, add(), envelope(stream, 'c3'), retry);
    expect(await typesIn(stream)).toEqual(['JarOpened', 'CoinsAdded', 'CoinsAdded', 'CoinsAdded']);
  });

  it('refuses a commandId that comes with another body, before anything else', async () => {
    const jars = anApi();
    const stream = newStream();
    await jars.execute(stream, open(), envelope(stream, 'c1'), create);
    const other = jars.execute(stream, add(), envelope(stream, 'c1', 'another'), { ...retry, ifMatch: 9n });
    await expect(other).rejects.toThrow(CommandIdReused);
  });

  it('forgets a refusal and a command that changed nothing, and decides them afresh', async () => {
    const jars = anApi();
    const stream = newStream();
    await expect(jars.execute(stream, seal, envelope(stream, 'c0'), retry)).resolves.toMatchObject({
      revision: 0n,
    });
    const sealed = await jars.execute(stream, seal, envelope(stream, 'c1'), retry);
    expect(sealed).toMatchObject({ events: [], replayed: false, revision: 0n });
    await expect(jars.execute(stream, add(), envelope(stream, 'c2'), retry)).rejects.toThrow('Open another');
    await expect(jars.execute(stream, add(), envelope(stream, 'c2', 'x'), retry)).rejects.toThrow('Open');
  });

  it('tells the position of the last event that it saw when there is nothing to do, and none for an empty stream', async () => {
    const stream = newStream();
    const nothing = await anApi().execute(stream, add(0), envelope(stream, 'c1'), retry);
    expect(nothing).toMatchObject({ events: [], revision: null, position: null });
    const { position } = await store.append(stream, [coin(stream)], 'no_stream');
    const some = await anApi().execute(stream, add(0), envelope(stream, 'c1'), retry);
    expect(some).toMatchObject({ events: [], revision: 0n, position });
  });

  it('refuses an If-Match that is not the revision now, though the cached one matches', async () => {
    const jars = anApi();
    const stream = newStream();
    await jars.execute(stream, open(), envelope(stream, 'c1'), create);
    await anApi().execute(stream, add(), envelope(stream, 'c2'), retry);
    const stale = jars.execute(stream, add(), envelope(stream, 'c3'), { ...refuse, ifMatch: 0n });
    await expect(stale).rejects.toMatchObject({ name: 'PreconditionFailed', expected: 0n, actual: 1n });
    await expect(stale).rejects.toThrow(PreconditionFailed);
    const current = await jars.execute(stream, add(), envelope(stream, 'c4'), { ...refuse, ifMatch: 1n });
    expect(current.revision).toBe(2n);
  });

  it('does not refuse from an old state: it looks first', async () => {
    const jars = anApi();
    const stream = newStream();
    await jars.execute(stream, open(), envelope(stream, 'c1'), create);
    await anApi().execute(stream, add(3), envelope(stream, 'c2'), retry);
    const based = await jars.execute(stream, add(1, 3), envelope(stream, 'c3'), refuse);
    expect(based).toMatchObject({ revision: 4n, state: { coins: 4 } });
  });

  it('takes an old cached state for nobody’s conflict, but says precisely why a stale base is one', async () => {
    const jars = anApi();
    const stream = newStream();
    await jars.execute(stream, open(), envelope(stream, 'c1'), create);
    await anApi().execute(stream, add(), envelope(stream, 'c2'), retry);
    const stale = jars.execute(stream, add(1, 0), envelope(stream, 'c3'), refuse);
    await expect(stale).rejects.toMatchObject({ code: 'stale-base', details: { coins: 1 } });
  });

  it('decides again on what came since the cached state, when its base still holds', async () => {
    const jars = anApi();
    const stream = newStream();
    await jars.execute(stream, open(), envelope(stream, 'c1'), create);
    await store.append(stream, [{ ...coin(stream), type: 'JarOpened', data: { label: 'red' } }], 0n);
    const based = await jars.execute(stream, add(1, 0), envelope(stream, 'c2'), refuse);
    expect(based).toMatchObject({ revision: 2n, state: { label: 'red', coins: 1 } });
  });

  it('lets 51 parallel commands on one stream through, each once, from three processes', async () => {
    const stream = newStream();
    const apis = [anApi(), anApi(), anApi()];
    await anApi().execute(stream, open(), envelope(stream, 'c'), create);
    const sent = apis.flatMap((jars, api) =>
      Array.from({ length: 17 }, (_, n) =>
        jars.execute(stream, add(), envelope(stream, `c${api}-${n}`), retry),
      ),
    );
    const settled = await Promise.allSettled(sent);
    const stored = settled.filter(({ status }) => status === 'fulfilled').length;
    expect((await anApi().load(stream)).state.coins).toBe(stored);
    expect(stored).toBeGreaterThan(20);
  });

  it('lets one of 50 parallel commands with the same base win, and tells the others the head', async () => {
    const stream = newStream();
    const jars = anApi();
    await jars.execute(stream, open(), envelope(stream, 'c'), create);
    const settled = await Promise.allSettled(
      Array.from({ length: 50 }, (_, n) =>
        jars.execute(stream, add(1, 0), envelope(stream, `c${n}`), refuse),
      ),
    );
    const reasons = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    expect(reasons).toHaveLength(49);
    for (const reason of reasons) expect(reason).toMatchObject({ code: 'stale-base', details: { coins: 1 } });
  });

  it('lets one of 50 parallel creates win, in whichever process', async () => {
    const stream = newStream();
    const settled = await Promise.allSettled(
      Array.from({ length: 50 }, (_, n) =>
        anApi().execute(stream, open(`jar ${n}`), envelope(stream, `c${n}`), create),
      ),
    );
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await typesIn(stream)).toEqual(['JarOpened']);
  });

  it('stores one command that comes 20 times at once only once', async () => {
    const stream = newStream();
    const apis = [anApi(), anApi(), anApi(), anApi()];
    const answers = await Promise.all(
      apis.flatMap((jars) =>
        Array.from({ length: 5 }, () => jars.execute(stream, open(), envelope(stream, 'same'), create)),
      ),
    );
    expect(new Set(answers.map((answer) => answer.events[0]?.id)).size).toBe(1);
    expect(await typesIn(stream)).toEqual(['JarOpened']);
  });

  it('refuses to hold more commands for one stream than it was told', async () => {
    const jars = openAggregate({ store, decider: jarDecider, waitingPerStream: 2 });
    const stream = newStream();
    const settled = await Promise.allSettled(
      ['a', 'b', 'c'].map((id) => jars.execute(stream, add(), envelope(stream, id), retry)),
    );
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(settled[2]).toMatchObject({ reason: expect.any(StreamBusy) as unknown });
  });

  it('does not guess at an event that this release does not know', async () => {
    const stream = newStream();
    await store.append(stream, [{ ...coin(stream), type: 'JarPainted' }], 'no_stream');
    await expect(anApi().load(stream)).rejects.toThrow(UnknownEvent);
  });
});
