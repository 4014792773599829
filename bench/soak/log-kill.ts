import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { atTheEnd, makeTemporary } from '../at-the-end.js';
import { judgeStream } from './judge-stream.js';
import type { Found, Soak, SoakOptions } from './soak.js';

const WRITERS = 32;
const BATCH = 5;
const LONGEST_ROUND_MS = 1_500;
const MAIN = path.resolve(import.meta.dirname, '../../../libs/event-node/dist/main.js');

interface Running {
  readonly child: ChildProcess;
  readonly client: EventStoreDBClient;
  readonly kill: () => Promise<void>;
}

/** What one writer knows: how many events were acknowledged, and the last append with its answer. */
interface Tally {
  readonly size: number;
  acked: number;
  last:
    | { readonly events: ReturnType<typeof numbered>[]; readonly from: number; readonly revision: bigint }
    | undefined;
}

const numbered = (n: number) => jsonEvent({ id: randomUUID(), type: 'Counted', data: { n } });

async function launch(dir: string): Promise<Running> {
  const child = spawn(process.execPath, [MAIN, '--dir', dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const kill = atTheEnd(() => ended(child, 'SIGKILL'));
  for await (const line of createInterface({ input: child.stdout })) {
    const told = JSON.parse(line) as { readonly msg: string; readonly url: string };
    if (told.msg === 'ready') return { child, kill, client: EventStoreDBClient.connectionString(told.url) };
  }
  throw new Error('The event node ended before it was ready.');
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill(signal);
  await closed;
}

async function end({ child, client, kill }: Running, signal: NodeJS.Signals): Promise<void> {
  await ended(child, signal);
  await kill();
  await client.dispose();
}

const expectedAt = (n: number): 'no_stream' | bigint => (n === 0 ? 'no_stream' : BigInt(n - 1));

/** Appends until the node is killed; the outcome of the append under way is then not known. */
async function write({ client }: Running, stream: string, tally: Tally): Promise<void> {
  for (let n = 0; ; n += tally.size) {
    const events = Array.from({ length: tally.size }, (_, at) => numbered(n + at));
    try {
      const answer = await client.appendToStream(stream, events, { expectedRevision: expectedAt(n) });
      tally.acked = n + tally.size;
      tally.last = { events, from: n, revision: answer.nextExpectedRevision };
    } catch {
      return;
    }
  }
}

async function numbersIn(client: EventStoreDBClient, stream: string): Promise<number[]> {
  const found: number[] = [];
  for await (const { event } of client.readStream<{ type: 'Counted'; data: { n: number } }>(stream)) {
    if (event) found.push(event.data.n);
  }
  return found;
}

/** Reads one stream back and repeats its last acknowledged append; gives how many events were lost. */
async function judge(
  client: EventStoreDBClient,
  stream: string,
  tally: Tally,
  faults: string[],
): Promise<number> {
  if (tally.last === undefined) return 0;
  const { events, from, revision } = tally.last;
  const stored = await numbersIn(client, stream).catch(() => []);
  const again = await client
    .appendToStream(stream, events, { expectedRevision: expectedAt(from) })
    .then(({ nextExpectedRevision }) => nextExpectedRevision)
    .catch(() => undefined);
  const answered = again === revision;
  const { faults: found, lost } = judgeStream({ stored, acked: tally.acked, size: tally.size, answered });
  faults.push(...found.map((fault) => `${stream}: ${fault}`));
  return lost;
}

/** Every round so far is read back, not the last one alone; a writer's worth of streams at a time. */
async function judgeAll(
  client: EventStoreDBClient,
  tallies: ReadonlyMap<string, Tally>,
  faults: string[],
): Promise<number> {
  const streams = [...tallies];
  let lost = 0;
  for (let from = 0; from < streams.length; from += WRITERS) {
    const some = streams.slice(from, from + WRITERS);
    const found = await Promise.all(some.map(([stream, tally]) => judge(client, stream, tally, faults)));
    lost += found.reduce((sum, each) => sum + each, 0);
  }
  return lost;
}

async function run({ rounds, say }: SoakOptions): Promise<Found> {
  const { dir, remove } = await makeTemporary('stemma-log-kill-');
  const tallies = new Map<string, Tally>();
  const faults: string[] = [];
  let lost = 0;
  try {
    for (let round = 0; round < rounds; round += 1) {
      const node = await launch(dir);
      lost += await judgeAll(node.client, tallies, faults);
      const writers = Array.from({ length: WRITERS }, (_, writer) => {
        const tally: Tally = { size: writer % 2 === 0 ? 1 : BATCH, acked: 0, last: undefined };
        tallies.set(`r${round}-w${writer}`, tally);
        return write(node, `r${round}-w${writer}`, tally);
      });
      await pause(100 + Math.random() * LONGEST_ROUND_MS);
      await end(node, 'SIGKILL');
      await Promise.all(writers);
      say(`round ${round + 1} of ${rounds}`);
    }
    const node = await launch(dir);
    lost += await judgeAll(node.client, tallies, faults);
    await end(node, 'SIGTERM');
  } finally {
    await remove();
  }
  if (lost > 0) faults.push(`${lost} acknowledged events are gone`);
  const acked = [...tallies.values()].reduce((sum, tally) => sum + tally.acked, 0);
  return { rounds, acked, lost, faults };
}

export const logKill: Soak = {
  about: 'kill -9 of the event node under 32 writers: nothing acknowledged is lost',
  rounds: 50,
  run,
};
