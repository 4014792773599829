import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  BACKWARDS,
  END,
  EventStoreDBClient,
  jsonEvent,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { type EventNode, startEventNode } from './index.js';

const event = (n: number) => jsonEvent({ type: 'Counted', data: { n } });

describe('an event node, by the unchanged client', () => {
  let dir: string;
  let node: EventNode;
  let client: EventStoreDBClient;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'event-node-'));
    node = await startEventNode({ dir });
    client = EventStoreDBClient.connectionString(node.url);
  });

  afterAll(async () => {
    await client.dispose();
    await node.stop();
    await rm(dir, { recursive: true });
  });

  it('gives back what was appended, in order and in reverse', async () => {
    await client.appendToStream('numbers', [event(1), event(2), event(3)], { expectedRevision: 'no_stream' });

    expect(await numbers('forwards')).toEqual([1, 2, 3]);
    expect(await numbers('backwards')).toEqual([3, 2, 1]);
  });

  it('refuses an append at another revision and says which one it is', async () => {
    await client.appendToStream('expected', [event(1), event(2)]);

    const append = client.appendToStream('expected', event(3), { expectedRevision: 0n });

    await expect(append).rejects.toBeInstanceOf(WrongExpectedVersionError);
    await expect(append).rejects.toMatchObject({
      expectedVersion: 0n,
      actualVersion: 1n,
      streamName: 'expected',
    });
  });

  async function numbers(direction: 'forwards' | 'backwards'): Promise<number[]> {
    const found: number[] = [];
    const options = direction === 'backwards' ? ({ direction: BACKWARDS, fromRevision: END } as const) : {};
    for await (const { event: recorded } of client.readStream<{ type: 'Counted'; data: { n: number } }>(
      'numbers',
      options,
    )) {
      if (recorded) found.push(recorded.data.n);
    }
    return found;
  }
});
