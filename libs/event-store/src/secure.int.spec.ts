import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startLog, type TestLog } from '@stemma/testing';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newStream } from './faults.fixtures.js';
import {
  type ConnectOptions,
  connectEventStore,
  type EventStore,
  type RawLog,
  StoreUnavailable,
} from './index.js';
import { coin, collect } from './jar.fixtures.js';
import { CERTIFICATE, type SecureFront, startSecureFront } from './secure-front.fixtures.js';

const credentials = { username: 'stemma', password: 'a:b@c/d?' };

describe('connecting', () => {
  let log: TestLog;
  let front: SecureFront;
  let directory: string;
  let secureUrl: string;
  beforeAll(async () => {
    log = await startLog();
    front = await startSecureFront(log.port, credentials);
    directory = await mkdtemp(join(tmpdir(), 'stemma-tls-'));
    const file = join(directory, 'our own & certificate.pem');
    await writeFile(file, CERTIFICATE);
    secureUrl = `esdb://localhost:${front.port}?tlsCAFile=${encodeURIComponent(file)}`;
  });
  afterAll(async () => {
    await front.close();
    await log.remove();
    await rm(directory, { recursive: true });
  });

  async function through<T>(options: ConnectOptions, use: (store: EventStore & RawLog) => Promise<T>) {
    const store = connectEventStore(options);
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  }

  /** Does all that a store can do, once. */
  async function expectAllOf(store: EventStore & RawLog): Promise<void> {
    const stream = newStream();
    const { position } = await store.append(stream, [coin(stream)], 'no_stream');
    const ids = [
      (await collect(store.readStream(stream)))[0]?.id,
      (await collect(store.readAll({ direction: 'backwards', limit: 1 })))[0]?.id,
      (await collect(store.readRaw({ after: position - 1n }))).flat()[0]?.id,
    ];
    const stop = new AbortController();
    for await (const delivery of store.subscribe({ after: position - 1n, signal: stop.signal })) {
      if (delivery.kind !== 'event') continue;
      ids.push(delivery.event.id);
      stop.abort();
    }
    expect(ids).toEqual(Array(4).fill(coin(stream).id));
  }

  /** Does all of it in one connection. */
  const expectThrough = (options: ConnectOptions) => through(options, expectAllOf);

  it('goes by esdb:// to one node', () => expectThrough({ url: log.url }));

  it('goes by esdb+discover:// to the node that the gossip names', () =>
    expectThrough({ url: `esdb+discover://127.0.0.1:${log.port}?tls=false` }));

  it('finds the node by gossip again after it was away', async () => {
    await through({ url: `esdb+discover://127.0.0.1:${log.port}?tls=false` }, async (store) => {
      await expectAllOf(store);
      await log.stop();
      const waiting = store.append(newStream(), [coin('patient')], 'no_stream');
      await log.start();
      await waiting;
    });
  });

  it('H7 goes by TLS with credentials on the client, so that appends stay batched', async () => {
    await expectThrough({ url: secureUrl, credentials });
    expect(new Set(front.admitted)).toEqual(new Set(['BatchAppend', 'Read']));
  });

  it('takes credentials from the URL as well', () => {
    const { username, password } = credentials;
    const userInfo = `${username}:${encodeURIComponent(password)}@`;
    return expectThrough({ url: secureUrl.replace('esdb://', `esdb://${userInfo}`) });
  });

  it('says at once when the store refuses the credentials', async () => {
    const wrong = { url: secureUrl, credentials: { username: 'stemma', password: 'guess' } };
    await through(wrong, async (store) => {
      const append = store.append(newStream(), [coin('x')], 'no_stream');
      await expect(append).rejects.toThrow('refuses our credentials');
      await expect(collect(store.readAll())).rejects.toThrow('refuses our credentials');
      await expect(collect(store.readRaw())).rejects.toThrow('refuses our credentials');
    });
  });

  it('does not trust a certificate that nobody vouches for', async () => {
    const url = `esdb://localhost:${front.port}`;
    const timing = { readMs: 300, attemptMs: 200 };
    await through({ url, credentials, timing }, (store) =>
      expect(collect(store.readAll())).rejects.toThrow(StoreUnavailable),
    );
  });
});
