import { EventStoreDBClient } from '@eventstore/db-client';
import path from 'node:path';
import { makeTemporary } from '../at-the-end.js';
import type { Bench, BenchOptions, Report } from '../bench.js';
import { perCall, type Shares, watchCores } from '../cores.js';
import { median, quantile, rounded } from '../quantile.js';
import { fillLog, fsyncPerSecond, storePerSecond } from './disk.js';
import { launchNode, type LaunchedNode } from './launch-node.js';
import { memoryUnderSubscribers } from './million.js';
import { appendsPerSecond, catchUpPerSecond, liveMs, rawReadPerSecond } from './measure.js';

const ROUNDS = 3;
const LANES = 64;
/** What `start1mMs` is named after; fewer only on request. */
const MILLION = 1_000_000;
const DEFAULT_EVENTS = 200_000;

/** One of the two, and the client that is pointed at it. */
interface Subject {
  readonly node: LaunchedNode;
  readonly client: EventStoreDBClient;
}

async function begin(kind: 'node' | 'noop', args: readonly string[], profileTo?: string): Promise<Subject> {
  const node = await launchNode(kind, args, profileTo);
  return { node, client: EventStoreDBClient.connectionString(node.url) };
}

async function end({ node, client }: Subject): Promise<void> {
  // Streams of the client that were left early never tell that they are over.
  await Promise.race([client.dispose(), new Promise((resolve) => setTimeout(resolve, 1_000))]);
  await node.stop();
}

type Figures = Readonly<Record<string, number>>;

interface Round {
  readonly figures: Figures;
  readonly cores: Shares;
}

/** Both by turns in each round, so that a noisy moment meets both. */
async function oneRound(real: Subject, noop: Subject, seconds: number): Promise<Round> {
  const processes = { client: process.pid, node: real.node.pid };
  const watched = watchCores(processes);
  const append64PerS = await appendsPerSecond(real.client, { lanes: LANES, seconds });
  const cores = perCall(watched(), append64PerS);
  const noopAppend64PerS = await appendsPerSecond(noop.client, { lanes: LANES, seconds });
  const count = Math.max(500, Math.round(append64PerS * seconds));
  const readPerS = await rawReadPerSecond(real.node.url, count, seconds);
  const noopReadPerS = await rawReadPerSecond(noop.node.url, count, seconds);
  return { figures: { append64PerS, noopAppend64PerS, readPerS, noopReadPerS }, cores };
}

async function others({ client }: Subject, seconds: number): Promise<Figures> {
  const seqPerS = await appendsPerSecond(client, { lanes: 1, seconds });
  const batches = await appendsPerSecond(client, { lanes: 16, seconds, size: 10 });
  const catchUpPerS = await catchUpPerSecond(client, Math.max(500, Math.round(batches * seconds)));
  const live = await liveMs(client, seconds);
  return {
    seqPerS,
    batch10EventsPerS: batches * 10,
    catchUpPerS,
    liveP50Ms: quantile(live, 0.5),
    liveP99Ms: quantile(live, 0.99),
  };
}

/** Start on a log that is there. */
async function startMs(dir: string): Promise<Figures> {
  const node = await launchNode('node', ['--dir', dir]);
  const memory = node.memoryMb();
  await node.stop();
  return { start1mMs: node.startMs, start1mMemoryMb: memory };
}

async function run(options: BenchOptions): Promise<Report> {
  const { dir, remove } = await makeTemporary('stemma-bench-log-');
  try {
    return await (options.million ? runMillion(dir, options) : runAll(dir, options));
  } finally {
    await remove();
  }
}

const inLogOf = ({ events }: BenchOptions): number => (events === DEFAULT_EVENTS ? MILLION : events);

async function runMillion(dir: string, options: BenchOptions): Promise<Report> {
  const events = inLogOf(options);
  const memory = await memoryUnderSubscribers(dir, events, options.profileTo);
  const figures = { ...memory, ...(await startMs(dir)) };
  return {
    figures: roundedAll(figures),
    setting: {
      memory: `memory of the node, MB, without mapped files: idle, after a fifth of ${events} small events, after all of them, and the highest`,
      subscribers: '49 that each follow a stream, and one that follows $all and never reads',
      start: `a process on the log so made, from spawn until it serves`,
    },
    cores: {},
  };
}

async function runAll(dir: string, options: BenchOptions): Promise<Report> {
  const { seconds, profileTo } = options;
  const real = await begin('node', ['--dir', path.join(dir, 'log')], profileTo);
  const noop = await begin('noop', [], profileTo);
  try {
    await oneRound(real, noop, seconds / 2);
    const measured: Round[] = [];
    for (let round = 0; round < ROUNDS; round += 1) measured.push(await oneRound(real, noop, seconds));
    const rest = await others(real, seconds);
    const inLog = inLogOf(options);
    const filled = path.join(dir, 'filled');
    await fillLog(filled, inLog);
    const disk = {
      storeAppendPerS: await storePerSecond(path.join(dir, 'store'), seconds),
      fsyncPerS: await fsyncPerSecond(dir, seconds),
      ...(await startMs(filled)),
    };
    return report(measured, { ...rest, ...disk }, { seconds, inLog });
  } finally {
    await end(real);
    await end(noop);
  }
}

function report(
  measured: readonly Round[],
  rest: Figures,
  { seconds, inLog }: { readonly seconds: number; readonly inLog: number },
): Report {
  const of = (name: string): number => median(measured.map(({ figures }) => figures[name] ?? Number.NaN));
  const names = ['append64PerS', 'noopAppend64PerS', 'readPerS', 'noopReadPerS'];
  const both = Object.fromEntries(names.map((name) => [name, of(name)]));
  const ratioOf = (name: string): number =>
    median(
      measured.map(
        ({ figures }) =>
          (figures[name] ?? 0) / (figures[`noop${name[0]?.toUpperCase()}${name.slice(1)}`] ?? 1),
      ),
    );
  const ratios = { appendRatio: ratioOf('append64PerS'), readRatio: ratioOf('readPerS') };
  return {
    figures: roundedAll({ ...both, ...ratios, ...rest }),
    setting: {
      append: `events of 1 KB through one @eventstore/db-client, ${LANES} at a time, a stream each`,
      read: 'raw calls over $all, messages counted, not decoded',
      noop: 'a gRPC server in a process of its own that answers the same messages from memory, by turns with the node',
      rounds: `${ROUNDS} after one to warm up, ${seconds} s each, medians`,
      live: '200 appends a second to a subscriber in the process that appends',
      start: `a process on a log of ${inLog} events, from spawn until it serves`,
    },
    cores: { append64: measured.at(-1)?.cores ?? {} },
  };
}

const roundedAll = (figures: Figures): Figures =>
  Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, rounded(value)]));

export const logBench: Bench = {
  about: 'the event node against a gRPC server that does nothing: appends, reads, live, start',
  run,
};
