import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LOCAL_TENANT_ID, readDenials, tenantIdOf } from '@stemma/commands';
import { connectEventStore, type EventStore } from '@stemma/event-store';
import { createLogger } from '@stemma/observability';
import { eventually, startLog, type TestLog } from '@stemma/testing';
import { openDenials } from './denials.js';

let log: TestLog;
let store: EventStore;
let now = Date.parse('2026-11-21T08:00:30Z');
beforeAll(async () => {
  log = await startLog();
  store = connectEventStore({ url: log.url });
});
afterAll(async () => {
  await store.close();
  await log.remove();
});

const logger = createLogger({ name: 'spec', level: 'silent' });
const open = (using: EventStore = store) =>
  openDenials({ store: using, release: 'spec', clock: () => new Date(now), logger, everyMs: 10 });
const attempt = (person: string, route = '/v1/scripts', tenantId = LOCAL_TENANT_ID) => ({
  caller: { tenantId, person, keyId: `key-of-${person}` },
  method: 'POST',
  route,
  code: 'forbidden',
});

describe('denied attempts', () => {
  it('are one event per actor and minute, however many there are', async () => {
    const denials = open();
    for (let n = 0; n < 1_000; n += 1) denials.note(attempt('eve', `/v1/${n % 30}`));
    denials.note(attempt('bob'));
    denials.note(attempt('eve', '/v1/x', tenantIdOf('other')));
    expect(await readDenials(store, LOCAL_TENANT_ID, 10)).toEqual([]);
    now += 60_000;
    const stored = await eventually(
      () => readDenials(store, LOCAL_TENANT_ID, 10),
      ({ length }) => length === 2,
    );
    const eve = stored.find(({ person }) => person === 'eve');
    expect(eve).toMatchObject({ via: 'key-of-eve', minute: '2026-11-21T08:00:00.000Z', count: 1_000 });
    expect(eve?.attempts).toHaveLength(20);
    expect(await readDenials(store, tenantIdOf('other'), 10)).toHaveLength(1);
    await denials.close();
  });

  it('are stored when the process ends, and wait while the store is away', async () => {
    let away = true;
    const denials = open({
      ...store,
      append: (...args) => (away ? Promise.reject(new Error('away')) : store.append(...args)),
    });
    denials.note(attempt('ann'));
    now += 60_000;
    denials.note(attempt('ann'));
    away = false;
    await denials.close();
    const hers = (await readDenials(store, LOCAL_TENANT_ID, 10)).filter(({ person }) => person === 'ann');
    expect(hers.map(({ count }) => count)).toEqual([1, 1]);
  });
});
