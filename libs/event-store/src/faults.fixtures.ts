import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { type FaultProxy, startFaultProxy, startLog, type TestLog } from '@stemma/testing';
import { randomUUID } from 'node:crypto';
import { connectEventStore, type EventStore, type NewEvent, type RawLog } from './index.js';
import { coin } from './jar.fixtures.js';

/** A store that meets its log through a proxy that breaks connections, and does not wait long. */
export interface FaultyStore {
  readonly store: EventStore & RawLog;
  readonly proxy: FaultProxy;
  readonly log: TestLog;
  /** A client of the server's own, past the proxy: for what the store does not offer. */
  readonly direct: EventStoreDBClient;
  readonly close: () => Promise<void>;
}

const QUICK = { attemptMs: 400, silenceMs: 400 };

export async function startFaultyStore(): Promise<FaultyStore> {
  const log = await startLog();
  const proxy = await startFaultProxy(log.port);
  const direct = EventStoreDBClient.connectionString(log.url);
  const store = connectEventStore({ url: `esdb://127.0.0.1:${proxy.port}?tls=false`, timing: QUICK });
  return {
    store,
    proxy,
    log,
    direct,
    async close() {
      await store.close();
      await direct.dispose();
      await proxy.close();
      await log.remove();
    },
  };
}

export const newStream = (): string => `jar-${randomUUID()}`;

/** `count` coins of one stream, one event each. */
export const coins = (name: string, count: number) =>
  Array.from({ length: count }, (_, n) => coin(`${name} ${n}`));

/** An event of ours as the client itself takes it. */
export const asClientEvent = ({ id, type }: NewEvent) => jsonEvent({ id, type, data: { coins: 1 } });

/** Resolves when `isSo` does hold; fails when it still does not after `ms`. */
export async function eventually(what: string, isSo: () => boolean, ms = 10_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`Not so within ${ms} ms: ${what}`);
    await new Promise(setImmediate);
  }
}
