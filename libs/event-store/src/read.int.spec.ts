import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { coins, type FaultyStore, newStream, startFaultyStore } from './faults.fixtures.js';
import { connectEventStore, type RecordedEvent, StoreUnavailable } from './index.js';
import { coin, collect, idOf } from './jar.fixtures.js';

const idsOf = (events: readonly { id: string }[]): string[] => events.map(({ id }) => id);

describe('a read', () => {
  let faulty: FaultyStore;
  beforeAll(async () => {
    faulty = await startFaultyStore();
  });
  afterAll(() => faulty.close());

  it('of a stream goes either way, from an inclusive revision, up to a limit', async () => {
    const stream = newStream();
    const events = coins(stream, 5);
    await faulty.store.append(stream, events, 'no_stream');
    const read = async (options: Parameters<typeof faulty.store.readStream>[1]) =>
      (await collect(faulty.store.readStream(stream, options))).map(({ revision }) => Number(revision));
    expect(await read({})).toEqual([0, 1, 2, 3, 4]);
    expect(await read({ from: 3n })).toEqual([3, 4]);
    expect(await read({ from: 9n })).toEqual([]);
    expect(await read({ limit: 2 })).toEqual([0, 1]);
    expect(await read({ direction: 'backwards' })).toEqual([4, 3, 2, 1, 0]);
    expect(await read({ direction: 'backwards', from: 2n, limit: 2 })).toEqual([2, 1]);
  });

  it('of a missing stream is empty', async () => {
    expect(await collect(faulty.store.readStream(newStream()))).toEqual([]);
  });

  it('of the log begins behind a position, either way', async () => {
    const stream = newStream();
    await faulty.store.append(stream, coins(stream, 5), 'no_stream');
    const all = await collect(faulty.store.readAll());
    const middle = all.at(-3) as RecordedEvent;
    const after = await collect(faulty.store.readAll({ after: middle.position }));
    expect(idsOf(after)).toEqual(idsOf(all.slice(-2)));
    const before = faulty.store.readAll({ after: middle.position, direction: 'backwards', limit: 2 });
    expect(idsOf(await collect(before))).toEqual(idsOf([all.at(-4), all.at(-5)] as RecordedEvent[]));
    const last = faulty.store.readAll({ direction: 'backwards', limit: 1 });
    expect(idsOf(await collect(last))).toEqual(idsOf(all.slice(-1)));
  });

  it('of the log hands over at most as many as asked for, though the limit is met inside a page', async () => {
    const first = await collect(faulty.store.readAll({ limit: 3 }));
    expect(idsOf(first)).toEqual(idsOf((await collect(faulty.store.readAll())).slice(0, 3)));
  });

  it('H9 of the log knows application events only: no tombstones, no metadata, no system streams', async () => {
    const stream = newStream();
    await faulty.store.append(stream, coins(stream, 2), 'no_stream');
    await faulty.direct.setStreamMetadata(stream, { maxCount: 5 });
    await faulty.direct.tombstoneStream(stream);
    for await (const event of faulty.store.readAll()) expect(event.stream + event.type).not.toContain('$');
  });

  it('H11 of the log goes on over many pages, each event once and in order', async () => {
    const stream = newStream();
    const total = 4_500;
    const patient = connectEventStore({ url: faulty.log.url });
    const { position } = await patient.append(stream, [coin(stream)], 'no_stream');
    for (let sent = 0; sent < total; sent += 250) {
      await patient.append(stream, coins(`${stream} ${sent}`, 250), BigInt(sent));
    }
    let revision = 0n;
    let seen = position;
    for await (const event of patient.readAll({ after: position })) {
      expect(event.revision === revision + 1n && event.position > seen).toBe(true);
      revision = event.revision;
      seen = event.position;
    }
    expect(revision).toBe(BigInt(total));
    await patient.close();
  }, 60_000);

  it('goes on behind the last event when its connection is cut or goes silent', async () => {
    const stream = newStream();
    const events = Array.from({ length: 900 }, (_, n) => ({
      ...coin(`${stream} ${n}`),
      data: { text: 'x'.repeat(1_000) },
    }));
    await faulty.store.append(stream, events.slice(0, 450), 'no_stream');
    await faulty.store.append(stream, events.slice(450), 449n);
    const seen: string[] = [];
    for await (const { id } of faulty.store.readStream(stream)) {
      seen.push(id);
      if (seen.length === 100) faulty.proxy.cut();
      if (seen.length === 300) faulty.proxy.halfOpen();
    }
    expect(seen).toEqual(idsOf(events));
  });

  it('is never short, wherever it is cut', async () => {
    const stream = newStream();
    const events = coins(stream, 40).map((event) => ({ ...event, data: { text: 'x'.repeat(3_000) } }));
    await faulty.store.append(stream, events, 'no_stream');
    for (let cutAt = 0; cutAt < 40; cutAt += 3) {
      const seen: string[] = [];
      if (cutAt === 0) faulty.proxy.cut();
      for await (const { id } of faulty.store.readStream(stream)) {
        if (seen.push(id) === cutAt) faulty.proxy.cut();
      }
      expect(seen).toEqual(idsOf(events));
    }
  }, 20_000);

  it('gives up with an error that says so, never with a short answer', async () => {
    faulty.proxy.refuse(true);
    faulty.proxy.cut();
    const url = `esdb://127.0.0.1:${faulty.proxy.port}?tls=false`;
    const away = connectEventStore({ url, timing: { readMs: 300, attemptMs: 100 } });
    await expect(collect(away.readStream(newStream()))).rejects.toThrow(StoreUnavailable);
    await expect(collect(away.readAll())).rejects.toThrow(StoreUnavailable);
    await away.close();
    faulty.proxy.refuse(false);
  });

  it('stops when its signal says so', async () => {
    const stop = new AbortController();
    const reading = async () => {
      for await (const event of faulty.store.readAll({ signal: stop.signal })) {
        stop.abort(new Error(`enough after ${event.id}`));
      }
    };
    await expect(reading()).rejects.toThrow('enough');
  });

  it('hands over events of others as they are: bytes, bare values, no metadata', async () => {
    const stream = newStream();
    const event = { type: 'Foreign', id: idOf(stream), metadata: undefined };
    const bytes = { ...event, contentType: 'application/octet-stream', data: Buffer.from('ab') } as const;
    const json = { ...event, id: idOf(stream, '2'), contentType: 'application/json', data: 'bare' } as const;
    await faulty.direct.appendToStream(stream, [bytes, json]);
    const [first, second] = await collect(faulty.store.readStream(stream));
    expect(first).toMatchObject({ data: Uint8Array.from(Buffer.from('ab')), metadata: {} });
    expect(second).toMatchObject({ data: { value: 'bare' }, metadata: {} });
  });
});
