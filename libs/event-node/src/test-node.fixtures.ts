import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EventStoreDBClient, jsonEvent, type ResolvedEvent } from '@eventstore/db-client';
import { type EventNode, type EventNodeOptions, startEventNode } from './index.js';

/** A node on a directory of its own, and a client of it. */
export interface TestNode {
  readonly dir: string;
  readonly client: EventStoreDBClient;
  readonly node: () => EventNode;
  /** Stops and starts again on the same port, so that the client finds it. */
  readonly restart: () => Promise<void>;
  /** The client's next call after a restart may meet the old connection: waits until one gets through. */
  readonly reconnected: () => Promise<void>;
  readonly remove: () => Promise<void>;
}

const made: string[] = [];

export async function makeDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'event-node-'));
  made.push(dir);
  return dir;
}

/** For the end of a spec that asked for directories of its own, when no node uses them any more. */
export async function removeDirs(): Promise<void> {
  await Promise.all(made.splice(0).map((dir) => rm(dir, { recursive: true, force: true })));
}

export async function startTestNode(options: Partial<EventNodeOptions> = {}): Promise<TestNode> {
  const dir = options.dir ?? (await makeDir());
  let node = await startEventNode({ dir, ...options });
  const client = EventStoreDBClient.connectionString(node.url);
  return {
    dir,
    client,
    node: () => node,
    async restart() {
      await node.stop();
      node = await startEventNode({ dir, ...options, port: node.port });
    },
    reconnected: () =>
      until('the client is connected', async () => {
        try {
          await collect(client.readAll({ maxCount: 1 }));
          return true;
        } catch {
          return false;
        }
      }),
    async remove() {
      await client.dispose();
      await node.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Events that carry a number. */
export const numbered = (n: number, type = 'Counted') => jsonEvent({ type, data: { n } });
export const series = (from: number, to: number, type = 'Counted') =>
  Array.from({ length: to - from + 1 }, (_, index) => numbered(from + index, type));

export const numberOf = ({ event }: ResolvedEvent): number => (event?.data as unknown as { n: number }).n;

export async function collect(events: AsyncIterable<ResolvedEvent>): Promise<ResolvedEvent[]> {
  const found: ResolvedEvent[] = [];
  for await (const event of events) found.push(event);
  return found;
}

export const numbersIn = async (events: AsyncIterable<ResolvedEvent>): Promise<number[]> =>
  (await collect(events)).map(numberOf);

/** What a promise was rejected with; an error of its own when it was not. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it was not rejected');
}

/** Waits until `look` gives true; says what it waited for when it does not. */
export async function until(
  what: string,
  look: () => boolean | Promise<boolean>,
  withinMs = 15_000,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await look())) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await pause(5);
  }
}
