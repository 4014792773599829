import { connectEventStore, type EventStore, type RawLog } from '@stemma/event-store';
import { projections } from '@stemma/projections';
import { ensureLog, openProjectionOps, openReadModel, type ProjectionOps } from '@stemma/read-model';
import type { Bench, BenchOptions, Report } from '../bench.js';
import { perCall, type Shares, watchCores } from '../cores.js';
import { type Parts, startParts } from '../parts.js';
import { rounded } from '../quantile.js';
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

/** How fast all events were gone through, and the CPU that each process took of an event: where the rest of the time is. */
interface Pass {
  readonly perSecond: number;
  readonly shares: Shares;
}

async function passing({ parts, events }: Subject, work: () => Promise<void>): Promise<Pass> {
  const cores = watchCores(parts.processes);
  const started = performance.now();
  await work();
  const perSecond = events / ((performance.now() - started) / 1_000);
  return { perSecond, shares: perCall(cores(), perSecond) };
}

/** The raw reader with nothing behind it. */
const drain = (subject: Subject): Promise<Pass> =>
  passing(subject, async () => {
    let drained = 0;
    for await (const batch of subject.store.readRaw()) drained += batch.length;
    if (drained < subject.events)
      throw new Error(`The raw reader found ${drained} events of ${subject.events}.`);
  });

/** A job, from the moment it is asked for to its end: filled, proven, swapped. */
async function perform(
  subject: Subject,
  kind: 'rebuild' | 'verify',
  names: readonly string[],
): Promise<Pass> {
  const { ops } = subject;
  const pass = await passing(subject, async () => {
    const job = await ops.ask(kind, names, 'bench');
    const report = await ops.waitForJob(job, AbortSignal.timeout(patienceMs));
    if (report.state !== 'done')
      throw new Error(`${kind} ended ${report.state}: ${JSON.stringify(report.result)}`);
  });
  await ops.waitForJob(await ops.ask('drop', names, 'bench'), AbortSignal.timeout(patienceMs));
  return pass;
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

type Passes = Readonly<Record<'raw' | 'one' | 'four' | 'verify', Pass>>;

const bySpeed = (passes: readonly Pass[]): readonly Pass[] =>
  [...passes].sort((one, other) => one.perSecond - other.perSecond);
const slowest = (passes: readonly Pass[]): Pass => bySpeed(passes)[0] as Pass;
const middle = (passes: readonly Pass[]): Pass => bySpeed(passes)[(passes.length - 1) >>> 1] as Pass;

async function oneRound(subject: Subject, names: readonly string[]): Promise<Passes> {
  const raw = await drain(subject);
  const each: Pass[] = [];
  for (const name of names) each.push(await perform(subject, 'rebuild', [name]));
  const four = await perform(subject, 'rebuild', names);
  return { raw, one: slowest(each), four, verify: await perform(subject, 'verify', names) };
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
    const measured: Passes[] = [];
    for (let round = 0; round < rounds; round += 1) measured.push(await oneRound(subject, names));
    const of = (which: keyof Passes): Pass => middle(measured.map((one) => one[which]));
    const passes = { raw: of('raw'), one: of('one'), four: of('four'), verify: of('verify') };
    return report(events, names, passes, peakMbOf(parts.processes['projector'] ?? 0));
  } finally {
    await ops.close();
    await store.close();
    await parts.stop();
  }
}

function report(
  events: number,
  names: readonly string[],
  { raw, one, four, verify }: Passes,
  peakMb: number,
): Report {
  return {
    figures: {
      rawReadPerS: rounded(raw.perSecond),
      rebuildPerS: rounded(one.perSecond),
      ratio: rounded(one.perSecond / raw.perSecond),
      fourPerS: rounded(four.perSecond),
      ratioFour: rounded(four.perSecond / raw.perSecond),
      verifyPerS: rounded(verify.perSecond),
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
      call: 'below, CPU per event of the log and process; what is busy elsewhere is no part of it',
    },
    cores: { raw: raw.shares, rebuild: one.shares, four: four.shares, verify: verify.shares },
  };
}

export const rebuild: Bench = {
  about: 'rebuilding projections against a bare drain of the log by the raw reader',
  run,
};
