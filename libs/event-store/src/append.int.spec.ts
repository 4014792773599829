import type { EventStoreDBClient } from '@eventstore/db-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type AppendParts, appending } from './append.js';
import { sendAppend } from './batch-append/append-call.js';
import type { BytesAppend } from './batch-append/append-message.js';
import { openConnection } from './connection.js';
import { coins, eventually, type FaultyStore, newStream, startFaultyStore } from './faults.fixtures.js';
import {
  AppendTooLarge,
  connectEventStore,
  RevisionConflict,
  StoreUnavailable,
  StreamDeleted,
} from './index.js';
import { coin, collect } from './jar.fixtures.js';

describe('an append', () => {
  let faulty: FaultyStore;
  beforeAll(async () => {
    faulty = await startFaultyStore();
  });
  afterEach(() => {
    faulty.proxy.refuse(false);
    faulty.proxy.slowDown(0);
  });
  afterAll(() => faulty.close());

  const idsIn = async (stream: string) =>
    (await collect(faulty.store.readStream(stream))).map(({ id }) => id);

  it('tells the revision and the position of its last event', async () => {
    const stream = newStream();
    const appended = await faulty.store.append(stream, coins(stream, 3), 'no_stream');
    const last = (await collect(faulty.store.readStream(stream))).at(-1);
    expect(appended).toEqual({ revision: 2n, position: last?.position });
  });

  it('H1 a reply that is lost makes no second event, and the append succeeds', async () => {
    const stream = newStream();
    const { revision } = await faulty.store.append(stream, [coin(stream)], 'no_stream');
    faulty.proxy.dropReplies();
    const events = coins(`${stream} more`, 2);
    await expect(faulty.store.append(stream, events, revision)).resolves.toMatchObject({ revision: 2n });
    expect(await idsIn(stream)).toEqual([coin(stream).id, ...events.map(({ id }) => id)]);
  });

  it('H1 a conflict with our own events after an unknown outcome is the success it denies', async () => {
    const stream = newStream();
    const append = appendingThrough(storesAndFails(), faulty);
    const events = coins(stream, 2);
    const appended = await append(stream, events, 'no_stream');
    const last = (await collect(faulty.store.readStream(stream))).at(-1);
    expect(appended).toEqual({ revision: 1n, position: last?.position });
  });

  it('H1 a conflict with the events of another after an unknown outcome stays a conflict', async () => {
    const stream = newStream();
    await faulty.store.append(stream, [coin('of another')], 'no_stream');
    const append = appendingThrough(failsAndConflicts(), faulty);
    await expect(append(stream, [coin(stream)], 'no_stream')).rejects.toThrow(RevisionConflict);
    expect(await idsIn(stream)).toEqual([coin('of another').id]);
  });

  it('H5 a broken connection fails no append: each is repeated until its outcome is known', async () => {
    const streams = Array.from({ length: 60 }, newStream);
    const sent = Promise.all(
      streams.map((stream) => faulty.store.append(stream, [coin(stream)], 'no_stream')),
    );
    for (let cuts = 0; cuts < 3; cuts += 1) {
      const { accepted } = faulty.proxy;
      faulty.proxy.cut();
      await eventually('connected again', () => faulty.proxy.accepted > accepted);
    }
    await sent;
    for (const stream of streams) expect(await idsIn(stream)).toEqual([coin(stream).id]);
  });

  it('H5 a server that stops and starts again fails no append', async () => {
    const streams = Array.from({ length: 40 }, newStream);
    const sent = Promise.all(
      streams.map((stream) => faulty.store.append(stream, [coin(stream)], 'no_stream')),
    );
    await faulty.log.stop();
    await faulty.log.start();
    await sent;
    for (const stream of streams) expect(await idsIn(stream)).toEqual([coin(stream).id]);
  });

  it('H5 large appends on a connection that went dead unnoticed are stored once over a new one', async () => {
    const streams = Array.from({ length: 40 }, newStream);
    const large = (stream: string) => ({ ...coin(stream), data: { text: stream.repeat(1_000) } });
    await faulty.store.append(newStream(), [coin('first')], 'no_stream');
    faulty.proxy.halfOpen();
    await Promise.all(streams.map((stream) => faulty.store.append(stream, [large(stream)], 'no_stream')));
    for (const stream of streams) expect(await idsIn(stream)).toEqual([coin(stream).id]);
  });

  it('says that the outcome is unknown when the store stays away', async () => {
    faulty.proxy.refuse(true);
    faulty.proxy.cut();
    const url = `esdb://127.0.0.1:${faulty.proxy.port}?tls=false`;
    const away = connectEventStore({ url, timing: { appendMs: 300, attemptMs: 100 } });
    await expect(away.append(newStream(), [coin('x')], 'no_stream')).rejects.toThrow(StoreUnavailable);
    await away.close();
  });

  it('H6 a conflict tells the revision that the stream has', async () => {
    const stream = newStream();
    await faulty.store.append(stream, coins(stream, 5), 'no_stream');
    const conflict = faulty.store.append(stream, [coin('late')], 2n);
    await expect(conflict).rejects.toMatchObject({
      name: 'RevisionConflict',
      stream,
      expected: 2n,
      actual: 4n,
    });
    const missing = faulty.store.append(newStream(), [coin('early')], 2n);
    await expect(missing).rejects.toMatchObject({ name: 'RevisionConflict', actual: null });
  });

  it('H10 refuses more than the server takes, and what it lets through the server takes', async () => {
    const text = (bytes: number) => ({ ...coin(`${bytes}`), data: { text: 'x'.repeat(bytes) } });
    const stream = newStream();
    const tooLarge = faulty.store.append(stream, [text(600_000), text(500_000)], 'no_stream');
    await expect(tooLarge).rejects.toThrow(AppendTooLarge);
    expect(await idsIn(stream)).toEqual([]);
    await faulty.store.append(stream, [text(1_031_000)], 'no_stream');
    expect(await idsIn(stream)).toHaveLength(1);
  });

  it('H13 a deleted stream begins again with ids of a new command, never with the old ones', async () => {
    const stream = newStream();
    await faulty.store.append(stream, [coin('first command')], 'no_stream');
    await faulty.direct.deleteStream(stream);
    expect(await idsIn(stream)).toEqual([]);
    await faulty.store.append(stream, [coin('first command')], 'no_stream');
    expect(await idsIn(stream)).toEqual([]);
    await faulty.store.append(stream, [coin('second command')], 'no_stream');
    expect(await idsIn(stream)).toEqual([coin('second command').id]);
  });

  it('tells a tombstoned stream from a missing one', async () => {
    const stream = newStream();
    await faulty.store.append(stream, [coin(stream)], 'no_stream');
    await faulty.direct.tombstoneStream(stream);
    await expect(faulty.store.append(stream, [coin('again')], 'any')).rejects.toThrow(StreamDeleted);
    await expect(idsIn(stream)).rejects.toThrow(StreamDeleted);
  });
});

/** Stores, loses the answer, and then takes the stored events for those of another. */
function storesAndFails(): AppendParts['send'] {
  return planted(async (client, append, calls) => {
    if (calls === 1) await sendAppend(client, append);
    throw calls === 1 ? new Error('socket hang up') : conflictOn(append);
  });
}

function failsAndConflicts(): AppendParts['send'] {
  return planted((_client, append, calls) =>
    Promise.reject(calls === 1 ? new Error('socket hang up') : conflictOn(append)),
  );
}

const conflictOn = ({ stream, expected }: BytesAppend): Error => new RevisionConflict(stream, expected, 1n);

type Attempt = (client: EventStoreDBClient, append: BytesAppend, calls: number) => Promise<never>;

function planted(attempt: Attempt): AppendParts['send'] {
  let calls = 0;
  return (client, append) => attempt(client, append, (calls += 1));
}

const appendingThrough = (send: AppendParts['send'], { log, store }: FaultyStore) =>
  appending({
    connection: openConnection(log.url, () => undefined),
    send,
    readStream: (...args) => store.readStream(...args),
    patience: { appendMs: 3_000, attemptMs: 1_000 },
  });
