import { connectEventStore, type EventStore } from '@stemma/event-store';
import { projections } from '@stemma/projections';
import {
  ensureLog,
  openProjectionOps,
  openReadModel,
  type ProjectionOps,
  type ReadModel,
} from '@stemma/read-model';
import type { Bench, BenchOptions, Report } from '../bench.js';
import { perCall, watchCores } from '../cores.js';
import { openLoop } from '../load.js';
import { type Parts, startParts } from '../parts.js';
import { median, quantile, rounded } from '../quantile.js';
import { fillLog } from './fill-log.js';
import { type Append, history } from './history.js';

const perSecond = 200;
const scriptsAtOnce = 300;
const rounds = 3;
const patienceMs = 600_000;
/** Of the log that is caught up with. */
const behind = 20_000;

interface Subject {
  readonly parts: Parts;
  readonly store: EventStore;
  readonly readModel: ReadModel;
  readonly ops: ProjectionOps;
  readonly logId: string;
  readonly appends: Generator<Append>;
}

const names = projections.map(({ name }) => name);

/** Until every projection stands at this position. */
const reached = ({ readModel, logId }: Subject, position: bigint): Promise<void> =>
  readModel.waitFor(projections, { logId, position }, patienceMs);

/** Events per second of all projections, which stood still while the events came. */
async function catchUp(subject: Subject): Promise<number> {
  const { ops, store, appends } = subject;
  for (const name of names) await ops.pause(name, 'bench');
  const position = await fillLog(store, appends, behind);
  const started = performance.now();
  for (const name of names) await ops.resume(name);
  await reached(subject, position);
  return behind / ((performance.now() - started) / 1_000);
}

/** Milliseconds from the moment an append was due until every projection shows it. */
async function visible(subject: Subject, seconds: number): Promise<readonly number[]> {
  const seen: number[] = [];
  const last = new Map<string, Promise<unknown>>();
  await openLoop({ perSecond, seconds }, async () => {
    const due = performance.now();
    const next = subject.appends.next();
    if (next.done === true) return;
    const { stream, events } = next.value;
    const stored = Promise.resolve(last.get(stream)).then(() => subject.store.append(stream, events, 'any'));
    last.set(stream, stored);
    await reached(subject, (await stored).position);
    seen.push(performance.now() - due);
  });
  return seen;
}

/** Rebuilds all projections in one pass and drops what was read before; events per second of the job. */
async function rebuildAll({ ops }: Subject): Promise<number> {
  const perform = async (kind: 'rebuild' | 'drop') => {
    const job = await ops.ask(kind, names, 'bench');
    const report = await ops.waitForJob(job, AbortSignal.timeout(patienceMs));
    if (report.state !== 'done') throw new Error(`${kind} ended ${report.state}`);
    return report;
  };
  const { result } = await perform('rebuild');
  await perform('drop');
  return Number(result?.['eventsPerSecond']);
}

/** The same while all projections are rebuilt, over and over, and how fast they are. */
async function visibleDuringRebuild(
  subject: Subject,
  seconds: number,
): Promise<{ readonly seen: readonly number[]; readonly rebuilt: readonly number[] }> {
  const end = new AbortController();
  const rebuilt: number[] = [];
  const rebuilding = (async () => {
    while (!end.signal.aborted) rebuilt.push(await rebuildAll(subject));
  })();
  const seen = await visible(subject, seconds);
  end.abort();
  await rebuilding;
  return { seen, rebuilt };
}

async function open(parts: Parts): Promise<Subject> {
  const store = connectEventStore({ url: parts.eventstoreUrl });
  const ops = openProjectionOps({ databaseUrl: parts.databaseUrl, source: store });
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const readModel = await openReadModel({ databaseUrl: parts.databaseUrl, log });
  const logId = await ensureLog(store, 'bench');
  return { parts, store, ops, readModel, logId, appends: history(scriptsAtOnce) };
}

async function run({ seconds, profileTo }: BenchOptions): Promise<Report> {
  const parts = await startParts(profileTo, { api: false });
  const subject = await open(parts);
  try {
    const caughtUp: number[] = [];
    for (let round = 0; round < rounds; round += 1) caughtUp.push(await catchUp(subject));
    await visible(subject, seconds);
    const cores = watchCores(parts.processes);
    const alone = await visible(subject, seconds * rounds);
    const busy = perCall(cores(), perSecond);
    const idle = await rebuildAll(subject);
    const beside = await visibleDuringRebuild(subject, seconds * rounds);
    return {
      figures: {
        catchUpPerS: rounded(median(caughtUp)),
        visibleP50Ms: rounded(median(alone)),
        visibleP99Ms: rounded(quantile(alone, 0.99)),
        duringRebuildP99Ms: rounded(quantile(beside.seen, 0.99)),
        rebuildPerS: rounded(idle),
        politeRebuildPerS: rounded(median(beside.rebuilt)),
      },
      setting: {
        visible: `${perSecond} appends a second of 1 to 3 events, from when each was due until all of ${names.join(', ')} show it`,
        catchUp: `${behind} events that came while all of them stood still, ${rounds} times, median`,
        duringRebuild: 'all of them rebuilt over and over beside it',
        rebuild: 'events per second of such a rebuild: with nothing beside it, and polite',
      },
      cores: { visible: busy },
    };
  } finally {
    subject.appends.return(undefined);
    await subject.ops.close();
    await subject.readModel.close();
    await subject.store.close();
    await parts.stop();
  }
}

export const project: Bench = {
  about: 'events into rows: catching up, and how soon an append is visible, alone and beside a rebuild',
  run,
};
