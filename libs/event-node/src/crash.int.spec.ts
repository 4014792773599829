import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventStoreDBClient } from '@eventstore/db-client';
import { verifyLog } from './index.js';
import { makeDir, numbered, numbersIn, rejection, series, until } from './test-node.fixtures.js';

const MAIN = path.resolve(import.meta.dirname, '../dist/main.js');

interface NodeProcess {
  readonly child: ChildProcess;
  readonly ready: Promise<{ readonly url: string; readonly port: number }>;
  readonly ended: Promise<{ readonly code: number | null; readonly said: string }>;
}

/** The node as it is deployed. */
function launch(...args: readonly string[]): NodeProcess {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said: string[] = [];
  const lines = createInterface({ input: child.stdout });
  const ready = new Promise<{ url: string; port: number }>((resolve) => {
    lines.on('line', (line) => {
      said.push(line);
      const told = JSON.parse(line) as { msg: string; url: string; port: number };
      if (told.msg === 'ready') resolve(told);
    });
  });
  const ended = once(child, 'close').then(([code]) => ({
    code: code as number | null,
    said: said.join('\n'),
  }));
  return { child, ready, ended };
}

let dir: string;
beforeEach(async () => {
  dir = await makeDir();
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('E12 kill -9 under 32 writers', () => {
  it('loses nothing that was acknowledged, keeps revisions contiguous and appends whole', async () => {
    const acknowledged = new Map<string, number>();
    for (let round = 0; round < 3; round += 1) {
      const node = launch('--dir', dir);
      const client = EventStoreDBClient.connectionString((await node.ready).url);
      const writers = Array.from({ length: 32 }, (_, writer) =>
        write(client, `r${round}-w${writer}`, writer % 2 === 0 ? 1 : 5, acknowledged),
      );
      await until(
        'enough acknowledged',
        () => [...acknowledged.values()].reduce((sum, n) => sum + n, 0) > 400 * (round + 1),
      );
      node.child.kill('SIGKILL');
      await Promise.all([...writers, node.ended]);
      await client.dispose();
    }

    const node = launch('--dir', dir);
    const client = EventStoreDBClient.connectionString((await node.ready).url);
    for (const [stream, count] of acknowledged) {
      const stored = await numbersIn(client.readStream(stream));
      expect({ stream, lost: stored.length < count }).toEqual({ stream, lost: false });
      expect(stored).toEqual(Array.from({ length: stored.length }, (_, n) => n));
      expect({ stream, torn: stored.length % (Number(stream.split('w')[1]) % 2 === 0 ? 1 : 5) }).toEqual({
        stream,
        torn: 0,
      });
    }
    await client.dispose();
    node.child.kill('SIGTERM');
    await node.ended;
    expect((await verifyLog(dir)).problems).toEqual([]);
  }, 120_000);

  /** Appends until the node is gone; counts what was acknowledged. */
  async function write(
    client: EventStoreDBClient,
    stream: string,
    size: number,
    acknowledged: Map<string, number>,
  ): Promise<void> {
    try {
      for (let n = 0; ; n += size) {
        await client.appendToStream(stream, series(n, n + size - 1), {
          expectedRevision: n === 0 ? 'no_stream' : BigInt(n - 1),
        });
        acknowledged.set(stream, n + size);
      }
    } catch {
      // Killed: the outcome of the last append is not known.
    }
  }
});

describe('the process', () => {
  it('E11 ends with a clear message when the directory is taken, and with 0 on a signal', async () => {
    const first = launch('--dir', dir);
    await first.ready;
    const second = await launch('--dir', dir).ended;
    expect(second.code).toBe(1);
    expect(second.said).toContain(`in use by process ${first.child.pid}`);
    first.child.kill('SIGTERM');
    expect((await first.ended).code).toBe(0);
  });

  it('takes over a directory whose process was killed', async () => {
    const first = launch('--dir', dir);
    const client = EventStoreDBClient.connectionString((await first.ready).url);
    await client.appendToStream('s', numbered(1));
    first.child.kill('SIGKILL');
    await first.ended;
    await client.dispose();
    const second = launch('--dir', dir);
    const again = EventStoreDBClient.connectionString((await second.ready).url);
    expect(await numbersIn(again.readStream('s'))).toEqual([1]);
    await again.dispose();
    second.child.kill('SIGTERM');
    expect((await second.ended).code).toBe(0);
  });

  it('says what it wants when told no directory', async () => {
    const { code, said } = await launch().ended;
    expect([code, said]).toEqual([1, expect.stringContaining('--dir')]);
  });

  it('refuses a client politely while it stops', async () => {
    const node = launch('--dir', dir);
    const client = EventStoreDBClient.connectionString((await node.ready).url);
    await client.appendToStream('s', numbered(1));
    node.child.kill('SIGTERM');
    await node.ended;
    expect(await rejection(client.appendToStream('s', numbered(2)))).toBeInstanceOf(Error);
    await client.dispose();
  });
});
