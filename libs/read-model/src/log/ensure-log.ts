import { randomUUID } from 'node:crypto';
import type { RecordedEvent } from './event-source.js';

/** Where a log says which one it is. Storage format. */
export const LOG_STREAM = 'log-system';

/** The log itself belongs to no tenant. */
export const NO_TENANT = '00000000-0000-0000-0000-000000000000';

/** What is asked of the event store here. */
export interface LogStore {
  append(
    stream: string,
    events: readonly {
      readonly id: string;
      readonly type: string;
      readonly data: object;
      readonly metadata: object;
    }[],
    expected: 'no_stream' | 'any',
  ): Promise<unknown>;
  readStream(
    stream: string,
    options?: { readonly from?: bigint; readonly limit?: number },
  ): AsyncIterable<RecordedEvent>;
}

/**
 * The id of the log, which is the first event of a log: whoever starts first appends it with `no_stream`, everyone else
 * reads it. Positions mean something only together with it.
 *
 * @throws what the store throws when it is away, and an error when `log-system` holds something else
 */
export async function ensureLog(store: LogStore, release: string): Promise<string> {
  const found = await readLogId(store);
  if (found !== undefined) return found;
  try {
    await createLog(store, release);
  } catch (error) {
    const others = await readLogId(store);
    if (others === undefined) throw error;
    return others;
  }
  return ensureLog(store, release);
}

async function createLog(store: LogStore, release: string): Promise<void> {
  const commandId = randomUUID();
  const metadata = {
    commandId,
    bodyHash: '',
    correlationId: commandId,
    causationId: commandId,
    tenantId: NO_TENANT,
    actor: { kind: 'system', id: 'stemma', via: null },
    at: new Date().toISOString(),
    release,
  };
  const event = { id: randomUUID(), type: 'LogCreated', data: { logId: randomUUID() }, metadata };
  await store.append(LOG_STREAM, [event], 'no_stream');
}

async function readLogId(store: LogStore): Promise<string | undefined> {
  for await (const { type, data } of store.readStream(LOG_STREAM, { limit: 1 })) {
    if (type === 'LogCreated' && 'logId' in data && typeof data.logId === 'string') return data.logId;
    throw new Error(`${LOG_STREAM} begins with ${type}: this is not a log of Stemma, look at EVENTSTORE_URL`);
  }
  return undefined;
}
