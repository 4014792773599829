import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { connectEventStore, type EventStore } from '@stemma/event-store';
import { eventually, startLog, type TestLog } from '@stemma/testing';
import { knowLog } from './know-log.js';

let node: TestLog;
let store: EventStore;

beforeAll(async () => {
  node = await startLog();
  store = connectEventStore({ url: node.url, timing: { readMs: 300, attemptMs: 200 } });
});
afterAll(async () => {
  await store.close();
  await node.remove();
});

it('a worker that starts while the event node is away says what it waits for, and goes on when it is there', async () => {
  await node.stop();
  const said: string[] = [];
  const known = knowLog(store, { warn: (_, message) => said.push(message) }, 10);
  await eventually(
    () => said.join(),
    (text) => text.includes('EVENTSTORE_URL'),
  );
  await node.start();
  expect(await known).toMatch(/^[0-9a-f-]{36}$/);
});
