import { connectEventStore, type EventStore, type RawLog } from '@stemma/event-store';
import { projections } from '@stemma/projections';
import { ensureLog, openProjectionOps, openReadModel, type ProjectionOps } from '@stemma/read-model';
import type { Bench, BenchOptions, Report } from '../bench.js';
import { perCall, watchCores } from '../cores.js';
import { type Parts, startParts } from '../parts.js';
import { median, rounded } from '../quantile.js';
import { fillLog } from './fill-log.js';
import { history } from './history.js';
import { peakMbOf } from './peak-memory.js';

const scriptsAtOnce = 300;
const rounds = 3;
const patienceMs = 600_000;

interface Subject {
  readonly parts: Parts;
  readonly store: EventStore & RawLog;
  readonly ops: ProjectionOps;
  readonly events: number;
}

/** Events per second of the raw reader with nothing behind it. */
async function drain({ store, events }: Subject): Promise<number> {
  const started = performance.now();
  let drained = 0;
  for await (const batch of store.readRaw()) drained += batch.length;
  if (drained < events) throw new Error(`The raw reader found ${drained} events of ${events}.`);
  return drained / ((performance.now() - started) / 1_000);
}

/** Events per second of a job, from the moment it is asked for to its end: filled, proven, swapped. */
async function perform(
  { ops, events }: Subject,
  kind: 'rebuild' | 'verify',
  names: readonly string[],
): Promise<number> {
  const started = performance.now();
  const job = await ops.ask(kind, names, 'bench');
  const report = await ops.waitForJob(job, AbortSignal.timeout(patienceMs));
  const seconds = (performance.now() - started) / 1_000;
  if (report.state !== 'done')
    throw new Error(`${kind} ended ${report.state}: ${JSON.stringify(report.result)}`);
  await ops.waitForJob(await ops.ask('drop', names, 'bench'), AbortSignal.timeout(patienceMs));
  return events / seconds;
}

/** Fills the log while the projector follows it, and waits until it has. */
async function prepare(parts: Parts, store: EventStore, events: number): Promise<void> {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const readModel = await openReadModel({ databaseUrl: parts.databaseUrl, log });
  try {
    const logId = await ensureLog(store, 'bench');
    const position = await fillLog(store, history(scriptsAtOnce), events);
    await readModel.waitFor(projections, { logId, position }, patienceMs);
  } finally {
    await readModel.close();
  }
}

type Figures = Readonly<Record<'raw' | 'one' | 'four' | 'verify', number>>;

async function oneRound(subject: Subject, names: readonly string[]): Promise<Figures> {
  const raw = await drain(subject);
  const each: number[] = [];
  for (const name of names) each.push(await perform(subject, 'rebuild', [name]));
  const four = await perform(subject, 'rebuild', names);
  return { raw, one: Math.min(...each), four, verify: await perform(subject, 'verify', names) };
}

async function run({ events, profileTo }: BenchOptions): Promise<Report> {
  const parts = await startParts(profileTo, { api: false });
  const store = connectEventStore({ url: parts.eventstoreUrl });
  const ops = openProjectionOps({ databaseUrl: parts.databaseUrl, source: store });
  try {
    await prepare(parts, store, events);
    const subject = { parts, store, ops, events };
    const names = projections.slice(0, 4).map(({ name }) => name);
    await oneRound(subject, names);
    const cores = watchCores(parts.processes);
    const measured: Figures[] = [];
    for (let round = 0; round < rounds; round += 1) measured.push(await oneRound(subject, names));
    const of = (figure: keyof Figures): number => median(measured.map((one) => one[figure]));
    const busy = cores();
    return report(events, names, of, peakMbOf(parts.processes['projector'] ?? 0), perCall(busy, of('one')));
  } finally {
    await ops.close();
    await store.close();
    await parts.stop();
  }
}

function report(
  events: number,
  names: readonly string[],
  of: (figure: keyof Figures) => number,
  peakMb: number,
  cores: Report['cores'][string],
): Report {
  return {
    figures: {
      rawReadPerS: rounded(of('raw')),
      rebuildPerS: rounded(of('one')),
      ratio: rounded(of('one') / of('raw')),
      fourPerS: rounded(of('four')),
      ratioFour: rounded(of('four') / of('raw')),
      verifyPerS: rounded(of('verify')),
      peakMb: rounded(peakMb),
    },
    setting: {
      log: `${events} events of scripts, versions and runs, about 1 KB each with metadata`,
      raw: 'the raw reader drained in a process of its own, nothing done with the events',
      rebuild: `asked for, filled, proven equal, indexed and swapped; the slowest of ${names.join(', ')}`,
      four: `${names.length} of them in one pass`,
      verify: 'the same replayed and compared',
      rounds: `${rounds} after one to warm up, medians`,
      beside: 'the live projections, idle',
    },
    cores: { 'all rounds': cores },
  };
}

export const rebuild: Bench = {
  about: 'rebuilding projections against a bare drain of the log by the raw reader',
  run,
};
