import { BACKWARDS, END, EventStoreDBClient, FORWARDS, jsonEvent, START } from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectEventStore, type RawEvent } from '@stemma/event-store';
import { eventually, startLog, type TestLog } from '@stemma/testing';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { furnishDirectory, runIn } from '../run-cli.fixtures.js';

const MAIN = path.resolve(import.meta.dirname, '../../dist/main.js');
const directory = furnishDirectory();

interface Copied {
  readonly copied: number;
  readonly deleted: number;
  readonly metadata: number;
  readonly equal: boolean;
  readonly events: { readonly from: number; readonly to: number };
  readonly digest: { readonly from: string; readonly to: string };
  readonly logs: { readonly from: string; readonly to: string };
  readonly fillers: readonly { readonly stream: string; readonly fillers: number }[];
  readonly difference: { readonly from: object | null; readonly to: object | null } | null;
}

/** A log and a client of it. */
interface Store {
  readonly log: TestLog;
  readonly client: EventStoreDBClient;
  readonly remove: () => Promise<void>;
}

async function startStore(): Promise<Store> {
  const log = await startLog();
  const client = EventStoreDBClient.connectionString(log.url);
  return {
    log,
    client,
    remove: async () => {
      await client.dispose();
      await log.remove();
    },
  };
}

async function copy(from: Store, to: Store, ...flags: string[]) {
  const { exitCode, out, err } = await runIn(
    { directory },
    ...['log', 'copy', '--from', from.log.url, '--to', to.log.url, '--json', ...flags],
  );
  return { exitCode, err, report: (out === '' ? {} : JSON.parse(out)) as Copied };
}

async function rawEvents({ log }: Store): Promise<RawEvent[]> {
  const store = connectEventStore({ url: log.url });
  const found: RawEvent[] = [];
  for await (const batch of store.readRaw()) found.push(...batch);
  await store.close();
  return found;
}

/** All that a copy has to keep. */
const kept = (events: readonly RawEvent[]) =>
  events
    .filter(({ stream }) => stream !== 'log-system')
    .map(({ stream, revision, id, type, isJson, data, metadata }) => [
      ...[stream, revision, id, type, isJson],
      ...[Buffer.from(data).toString('latin1'), Buffer.from(metadata).toString('latin1')],
    ]);

const counted = (n: number) => jsonEvent({ type: 'Counted', data: { n } });
const series = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => counted(from + at));

/** A log that calls itself by a new id. */
async function nameLog({ client }: Store): Promise<string> {
  const logId = randomUUID();
  const metadata = { at: '2024-01-01T00:00:00.000Z', release: '0.1.0' };
  await client.appendToStream('log-system', jsonEvent({ type: 'LogCreated', data: { logId }, metadata }));
  return logId;
}

async function revisions({ client }: Store, stream: string): Promise<bigint[]> {
  const found: bigint[] = [];
  for await (const { event } of client.readStream(stream, { direction: FORWARDS, fromRevision: START })) {
    if (event) found.push(event.revision);
  }
  return found;
}

/** Streams of every kind that a log can have. */
async function furnish(store: Store): Promise<void> {
  const { client } = store;
  await nameLog(store);
  await client.appendToStream('plain', series(0, 3));
  const odd = Buffer.from('{"n": 1.50,  "n":2, "text":"\\u00e9"}');
  await client.appendToStream('plain', jsonEvent({ type: 'Odd', data: { n: 1 }, metadata: odd }));
  const bytes = {
    id: randomUUID(),
    type: 'Bytes',
    contentType: 'application/octet-stream',
    metadata: undefined,
  } as const;
  await client.appendToStream('bytes', { ...bytes, data: Buffer.from([0, 255, 10, 13]) });
  await client.appendToStream('truncated', series(0, 5));
  await client.setStreamMetadata('truncated', { truncateBefore: 2 });
  await client.appendToStream('again', series(0, 3));
  await client.deleteStream('again');
  await client.appendToStream('again', series(3, 5));
  await client.appendToStream('gone', series(0, 2));
  await client.deleteStream('gone');
  await client.appendToStream('never', series(0, 2));
  await client.tombstoneStream('never');
  await client.appendToStream('described', series(0, 2));
  await client.setStreamMetadata('described', { maxAge: 90_000, acl: { readRoles: ['ops'] }, owner: 'us' });
  await client.appendToStream('plain', series(3, 6));
}

describe('stemma log copy', () => {
  let from: Store;
  let to: Store;
  beforeAll(async () => {
    from = await startStore();
    to = await startStore();
    await furnish(from);
  });
  afterAll(async () => {
    await from.remove();
    await to.remove();
  });

  it('H12 brings over every event in order, byte for byte, and says by one digest of each side that it did', async () => {
    const { exitCode, report } = await copy(from, to);
    expect([exitCode, report.equal]).toEqual([0, true]);
    expect(report.digest.to).toBe(report.digest.from);
    expect(report.digest.from).toMatch(/^[0-9a-f]{64}$/);
    expect(report.events).toEqual({ from: 15, to: 15 });
    const gone = (event: RawEvent): boolean => event.stream === 'truncated' && event.revision < 2n;
    expect(kept(await rawEvents(to))).toEqual(kept((await rawEvents(from)).filter((event) => !gone(event))));
    expect(report.fillers).toEqual([
      { stream: 'truncated', fillers: 2 },
      { stream: 'again', fillers: 3 },
    ]);
  });

  it('leaves each stream as its readers know it: where it begins, deleted, ended for ever, its metadata', async () => {
    for (const stream of ['plain', 'truncated', 'again', 'described']) {
      expect([stream, await revisions(to, stream)]).toEqual([stream, await revisions(from, stream)]);
    }
    await expect(revisions(to, 'gone')).rejects.toMatchObject({ type: 'stream-not-found' });
    await expect(revisions(to, 'never')).rejects.toMatchObject({ type: 'stream-deleted' });
    const { metadata } = await to.client.getStreamMetadata('described');
    expect(metadata).toEqual((await from.client.getStreamMetadata('described')).metadata);
  });

  it('makes another log of it: its name is new, and says of which it is a copy', async () => {
    const name = async (store: Store) => {
      const event = (await rawEvents(store)).find(({ stream }) => stream === 'log-system');
      return JSON.parse(Buffer.from(event?.data ?? []).toString()) as { logId: string; copiedFrom?: string };
    };
    const [old, fresh] = [await name(from), await name(to)];
    expect(fresh.copiedFrom).toBe(old.logId);
    expect(fresh.logId).not.toBe(old.logId);
    expect((await copy(from, to)).report.logs).toEqual({ from: old.logId, to: fresh.logId });
  });

  it('given again brings over what came since, deletes included, and otherwise does nothing', async () => {
    expect((await copy(from, to)).report).toMatchObject({ copied: 0, metadata: 0, deleted: 0, equal: true });
    await from.client.deleteStream('plain');
    await from.client.appendToStream('new', series(0, 4));
    expect((await copy(from, to)).report).toMatchObject({ copied: 4, deleted: 1, equal: true });
    await expect(revisions(to, 'plain')).rejects.toMatchObject({ type: 'stream-not-found' });
    await from.client.appendToStream('plain', series(0, 2));
    expect((await copy(from, to)).report).toMatchObject({ copied: 2, equal: true });
    expect(await revisions(to, 'plain')).toEqual(await revisions(from, 'plain'));
  });

  it('compares only, when asked to', async () => {
    await from.client.appendToStream('new', counted(9));
    const { exitCode, report } = await copy(from, to, '--check');
    expect([exitCode, report.equal, report.difference]).toMatchObject([1, false, { to: null }]);
    expect(await copy(from, to)).toMatchObject({ exitCode: 0, report: { copied: 1 } });
  });

  it('refuses a log that is no copy, and itself', async () => {
    const other = await startStore();
    await nameLog(other);
    expect(await copy(from, other)).toMatchObject({
      exitCode: 5,
      err: expect.stringContaining('other-copy'),
    });
    expect(await copy(from, from)).toMatchObject({ exitCode: 5, err: expect.stringContaining('same-log') });
    await other.remove();
  });

  it('tells people how it went', async () => {
    const urls = ['--from', from.log.url, '--to', to.log.url];
    const { exitCode, out } = await runIn({ directory }, 'log', 'copy', ...urls);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^verdict +equal$/m);
    expect(out).toMatch(/again +3/);
    const wrong = await runIn({ directory }, 'log', 'copy', '--from', 'http://x', '--to', to.log.url);
    expect(wrong).toMatchObject({ exitCode: 2, err: expect.stringContaining('esdb://') });
  });
});

describe('a planted fault', () => {
  const events = series(0, 4);
  const plant = async (wrong: (copied: typeof events) => typeof events): Promise<[Store, Store]> => {
    const [from, to] = [await startStore(), await startStore()];
    await from.client.appendToStream('a', events);
    await to.client.appendToStream('a', wrong([...events]));
    return [from, to];
  };
  it.each([
    ['one other byte', (copied: typeof events) => copied.with(2, { ...counted(7), id: copied[2]?.id ?? '' })],
    ['another id', (copied: typeof events) => copied.with(1, { ...counted(1), id: randomUUID() })],
    ['another order', ([first, ...rest]: typeof events) => (first ? [...rest, first] : [])],
    ['one more', (copied: typeof events) => [...copied, counted(4)]],
  ])('is found by the proof and refused by the copy: %s', async (_, wrong) => {
    const [from, to] = await plant(wrong);
    const checked = await copy(from, to, '--check');
    expect([checked.exitCode, checked.report.equal]).toEqual([1, false]);
    expect(checked.report.digest.from).not.toBe(checked.report.digest.to);
    expect(await copy(from, to)).toMatchObject({
      exitCode: 5,
      err: expect.stringContaining('target-differs'),
    });
    await from.remove();
    await to.remove();
  });
});

describe('a copy that is cut', () => {
  const EVENTS = 4_000;
  let from: Store;
  beforeAll(async () => {
    from = await startStore();
    await nameLog(from);
    for (let n = 0; n < EVENTS; n += 500) {
      const events = series(n, n + 500);
      await Promise.all(events.map((event, at) => from.client.appendToStream(`s${at}`, event)));
    }
  });
  afterAll(() => from.remove());

  const stored = async (to: Store): Promise<number> => (await rawEvents(to)).length;
  const isUnderWay = async ({ client }: Store): Promise<boolean> => {
    let end = 0n;
    const last = client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1 });
    for await (const { event } of last) end = event?.position?.commit ?? 0n;
    return end > 200_000n;
  };

  it('by kill -9 goes on where it stopped, losing and doubling nothing', async () => {
    const to = await startStore();
    const args = [MAIN, 'log', 'copy', '--from', from.log.url, '--to', to.log.url];
    const child = spawn(process.execPath, args, { stdio: 'ignore' });
    const ended = once(child, 'exit');
    await eventually(
      () => isUnderWay(to),
      (is) => is,
    );
    child.kill('SIGKILL');
    await ended;
    const before = await stored(to);
    expect(before).toBeLessThan(EVENTS);
    const { exitCode, report } = await copy(from, to);
    expect([exitCode, report.equal, report.events.to]).toEqual([0, true, EVENTS]);
    expect(report.copied).toBeLessThanOrEqual(EVENTS + 1 - before);
    await to.remove();
  });

  it('because the other event store stopped and started again goes on by itself', async () => {
    const to = await startStore();
    const done = copy(from, to);
    await eventually(
      () => isUnderWay(to),
      (is) => is,
    );
    await to.log.stop();
    await to.log.start();
    expect(await done).toMatchObject({ exitCode: 0, report: { equal: true, events: { to: EVENTS } } });
    await to.remove();
  });
});
