import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startLog, type TestLog } from '@stemma/testing';
import { readFileSync } from 'node:fs';
import { newStream } from './faults.fixtures.js';
import {
  connectEventStore,
  type EventStore,
  openAggregate,
  type RawLog,
  type RecordedEvent,
  type Upcaster,
} from './index.js';
import { collect, idOf, jarDecider } from './jar.fixtures.js';

interface Shown {
  readonly type: string;
  readonly data: object;
  readonly metadata: object;
}

interface Golden {
  readonly stored: readonly Shown[];
  readonly today: readonly Shown[];
  readonly state: object;
}

const golden = JSON.parse(
  readFileSync(new URL('../golden/jar-events.json', import.meta.url), 'utf8'),
) as Golden;

/** From the first release to today's, one step each. */
const upcasters: readonly Upcaster[] = [
  {
    from: { type: 'JarMade', version: 1 },
    to: { type: 'JarOpened', version: 1 },
    upcast: (data) => ({ label: (data as { name: string }).name }),
  },
  {
    from: { type: 'CoinAdded', version: 1 },
    to: { type: 'CoinsAdded', version: 1 },
    upcast: () => ({ amount: '1' }),
  },
  {
    from: { type: 'CoinsAdded', version: 1 },
    to: { type: 'CoinsAdded', version: 2 },
    upcast: (data) => ({ coins: Number((data as { amount: string }).amount) }),
  },
];

const shown = ({ type, data, metadata }: RecordedEvent): Shown => ({ type, data, metadata });

describe('the golden events of old releases', () => {
  let log: TestLog;
  let store: EventStore & RawLog;
  const stream = newStream();
  beforeAll(async () => {
    log = await startLog();
    store = connectEventStore({ url: log.url, upcasters });
    const events = golden.stored.map((event, index) => ({ ...event, id: idOf(stream, String(index)) }));
    await store.append(stream, events, 'no_stream');
  });
  afterAll(async () => {
    await store.close();
    await log.remove();
  });

  it('read today as they are meant, from their stream and from the log', async () => {
    expect((await collect(store.readStream(stream))).map(shown)).toEqual(golden.today);
    expect((await collect(store.readAll())).map(shown)).toEqual(golden.today);
  });

  it('reach a subscription as they are meant', async () => {
    const stop = new AbortController();
    const seen: Shown[] = [];
    for await (const delivery of store.subscribe({ after: null, signal: stop.signal })) {
      if (delivery.kind === 'event') seen.push(shown(delivery.event));
      if (delivery.kind === 'caughtUp') stop.abort();
    }
    expect(seen).toEqual(golden.today);
  });

  it('fold into the state that they are meant to make', async () => {
    const { state } = await openAggregate({ store, decider: jarDecider }).load(stream);
    expect(state).toEqual(golden.state);
  });

  it('stay what they were, byte by byte, for who reads bytes', async () => {
    const raw = (await collect(store.readRaw())).flat();
    const texts = raw.map(({ type, data, metadata }) => [
      type,
      Buffer.from(data).toString(),
      Buffer.from(metadata).toString(),
    ]);
    const stored = golden.stored.map(({ type, data, metadata }) => [
      type,
      JSON.stringify(data),
      JSON.stringify(metadata),
    ]);
    expect(texts).toEqual(stored);
  });

  it('end a subscription when their upcaster fails, for it would fail for ever', async () => {
    const failing = upcasters.map((upcaster) => ({
      ...upcaster,
      upcast: (): object => {
        throw new Error('cannot tell');
      },
    }));
    const broken = connectEventStore({ url: log.url, upcasters: failing });
    const { signal } = new AbortController();
    await expect(collect(broken.subscribe({ after: null, signal }))).rejects.toThrow('cannot tell');
    await broken.close();
  });

  it('need every step: without one of them the state cannot be told', async () => {
    const half = connectEventStore({ url: log.url, upcasters: upcasters.slice(1) });
    await expect(openAggregate({ store: half, decider: jarDecider }).load(stream)).rejects.toThrow('JarMade');
    await half.close();
  });
});
