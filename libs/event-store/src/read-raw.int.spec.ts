import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asClientEvent, coins, type FaultyStore, newStream, startFaultyStore } from './faults.fixtures.js';
import { connectEventStore, type RawEvent, type RecordedEvent, StoreUnavailable } from './index.js';
import { coin, collect } from './jar.fixtures.js';

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

describe('the raw reader', () => {
  let faulty: FaultyStore;
  let large: readonly { readonly id: string }[];
  let behind: bigint;

  beforeAll(async () => {
    faulty = await startFaultyStore();
    const stream = newStream();
    ({ position: behind } = await faulty.store.append(stream, [coin('before')], 'no_stream'));
    const events = coins(stream, 1_500).map((event) => ({ ...event, data: { text: 'x'.repeat(1_500) } }));
    for (let sent = 0; sent < events.length; sent += 100) {
      await faulty.store.append(stream, events.slice(sent, sent + 100), BigInt(sent));
    }
    large = events;
  });
  afterAll(() => faulty.close());

  const last = async (): Promise<RawEvent> =>
    (await collect(faulty.store.readRaw())).flat().at(-1) as RawEvent;

  it('H12 hands over the stored bytes, which the client hides', async () => {
    const stream = newStream();
    const stored = '{"note": "first",  "note":"second", "coins":1.50}';
    const metadata = Uint8Array.from(Buffer.from(stored));
    const event = { ...asClientEvent(coin(stream)), metadata };
    await faulty.direct.appendToStream(stream, event);
    const [parsed] = await collect(faulty.store.readStream(stream));
    const raw = await last();
    expect(JSON.stringify(parsed?.metadata)).toBe('{"note":"second","coins":1.5}');
    expect(textOf(raw.metadata)).toBe(stored);
    expect(textOf(raw.data)).toBe('{"coins":1}');
    const { id, revision, position, type, createdAt } = parsed as RecordedEvent;
    expect(raw).toMatchObject({ id, stream, revision, position, type, createdAt, isJson: true });
  });

  it('tells bytes from JSON', async () => {
    const { id } = asClientEvent(coin(newStream()));
    const bytes = {
      id,
      type: 'Bytes',
      contentType: 'application/octet-stream',
      metadata: undefined,
    } as const;
    await faulty.direct.appendToStream(newStream(), { ...bytes, data: Buffer.from([0, 255, 10]) });
    const raw = await last();
    expect([raw.isJson, [...raw.data], [...raw.metadata]]).toEqual([false, [0, 255, 10], []]);
  });

  /** What the client's own reader says of the same events, in our words. */
  const asTheClientReads = async () => {
    const fromPosition = { commit: behind, prepare: behind };
    const found: unknown[][] = [];
    for (const { event } of await collect(faulty.direct.readAll({ fromPosition }))) {
      if (event === undefined || /^\$/.test(event.type) || event.position.commit === behind) continue;
      const { id, streamId, revision, position, type, data, metadata = {}, created } = event;
      const object = typeof data === 'object' ? data : { value: data };
      found.push([id, streamId, revision, position.commit, type, object, metadata, created]);
    }
    return found;
  };
  const fields = ({ id, stream, revision, position, type, data, metadata, createdAt }: RecordedEvent) => [
    ...[id, stream, revision, position],
    ...[type, data, metadata, createdAt],
  ];

  it('knows of the same application events as the client itself, decoded in the same way', async () => {
    const strange = newStream();
    const { id, ...rest } = asClientEvent(coin(strange));
    await faulty.direct.appendToStream(strange, [
      { ...rest, id, data: 'a bare word', metadata: Buffer.from('no JSON') },
    ]);
    await faulty.direct.setStreamMetadata(newStream(), { maxCount: 5 });
    const theirs = await asTheClientReads();
    const after = behind;
    expect((await collect(faulty.store.readAll({ after }))).map(fields)).toEqual(theirs);
    expect((await collect(faulty.store.readBatches({ after }))).flat().map(fields)).toEqual(theirs);
    const backwards = await collect(faulty.store.readAll({ direction: 'backwards', limit: theirs.length }));
    expect(backwards.toReversed().map(fields)).toEqual(theirs);
  });

  it('hands over what was upcast, to whoever wants no bytes', async () => {
    const from = { type: 'CoinsAdded', version: 1 };
    const to = { type: 'CoinsCounted', version: 1 };
    const upcast = (data: object) => ({ ...data, counted: true });
    const old = connectEventStore({ url: faulty.log.url, upcasters: [{ from, to, upcast }] });
    const all = await collect(old.readAll({ after: behind }));
    const batches = (await collect(old.readBatches({ after: behind }))).flat();
    await old.close();
    expect(batches.map(fields)).toEqual(all.map(fields));
    expect(all[0]).toMatchObject({ type: 'CoinsCounted', data: { counted: true } });
  });

  it('H9 goes on behind a tombstone, and shows it and metadata to who asks for system events', async () => {
    const [ended, open] = [newStream(), newStream()];
    await faulty.direct.tombstoneStream(ended);
    await faulty.direct.setStreamMetadata(open, { maxCount: 5 });
    await faulty.store.append(open, [coin(open)], 'no_stream');
    expect((await last()).stream).toBe(open);
    const types = ['$metadata', '$streamDeleted'];
    const system = (await collect(faulty.store.readRaw({ withSystem: true, types }))).flat();
    expect(system.slice(-2).map(({ stream, type, revision }) => [stream, type, revision])).toEqual([
      [ended, '$streamDeleted', 2n ** 63n - 1n],
      [`$$${open}`, '$metadata', 0n],
    ]);
  });

  it('reads ahead while the consumer works, and gives what came in one batch', async () => {
    const sizes: number[] = [];
    for await (const batch of faulty.store.readRaw({ after: behind })) {
      sizes.push(batch.length);
      if (sizes.length === 1) for (let turn = 0; turn < 200; turn += 1) await new Promise(setImmediate);
    }
    expect(Math.max(...sizes)).toBeGreaterThan(20);
  });

  it('goes on behind the last event when its connection is cut or goes silent', async () => {
    const seen: string[] = [];
    const faults = [faulty.proxy.cut, faulty.proxy.halfOpen, faulty.proxy.cut];
    for await (const batch of faulty.store.readRaw({ after: behind })) {
      for (const { id } of batch) seen.push(id);
      if (seen.length > 100 * (4 - faults.length)) faults.shift()?.();
    }
    expect(seen.slice(0, large.length)).toEqual(large.map(({ id }) => id));
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('stops when its signal says so, or when the consumer has enough', async () => {
    const stop = new AbortController();
    const reading = async () => {
      for await (const batch of faulty.store.readRaw({ signal: stop.signal })) {
        stop.abort(new Error(`enough after ${batch.length}`));
      }
    };
    await expect(reading()).rejects.toThrow('enough');
    for await (const batch of faulty.store.readRaw()) {
      expect(batch.length).toBeGreaterThan(0);
      break;
    }
  });

  it('gives up with an error that says so, never with a short answer', async () => {
    faulty.proxy.refuse(true);
    faulty.proxy.cut();
    const url = `esdb://127.0.0.1:${faulty.proxy.port}?tls=false`;
    const away = connectEventStore({ url, timing: { readMs: 300, attemptMs: 100 } });
    await expect(collect(away.readRaw())).rejects.toThrow(StoreUnavailable);
    await away.close();
    faulty.proxy.refuse(false);
  });
});
