import { type EventNode, startEventNode } from '@stemma/event-node';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An empty log of a spec's own, served by an event node in this process. */
export interface TestLog {
  /** `esdb://…` */
  readonly url: string;
  readonly port: number;
  /** Where its bytes are. */
  readonly dir: string;
  /** Stops the node; the log stays. */
  readonly stop: () => Promise<void>;
  /** Starts the node again, on the same port. */
  readonly start: () => Promise<void>;
  /** Stops the node and removes the log. */
  readonly remove: () => Promise<void>;
}

export async function startLog(): Promise<TestLog> {
  const dir = await mkdtemp(join(tmpdir(), 'stemma-log-'));
  const launch = (port: number): Promise<EventNode> =>
    startEventNode({ dir, port, segmentBytes: 4 * 1024 * 1024 });
  let node = await launch(0);
  const { url, port } = node;
  return {
    url,
    port,
    dir,
    stop: () => node.stop(),
    start: async () => {
      node = await launch(port);
    },
    remove: async () => {
      await node.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
