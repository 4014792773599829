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
import { startParts } from '../parts.js';
import { rounded } from '../quantile.js';
import { fillLog } from './fill-log.js';
import { type Append, history } from './history.js';
import { forgetPeak, peakMbOf } from './peak-memory.js';

const scriptsAtOnce = 300;
const patienceMs = 3_600_000;
const names = projections.map(({ name }) => name);

interface Subject {
  readonly store: EventStore;
  readonly ops: ProjectionOps;
  readonly readModel: ReadModel;
  readonly logId: string;
  readonly appends: Generator<Append>;
}

/** Rebuilds all projections in one pass, and gives the most memory that the projector had meanwhile, MB. */
async function peakOfRebuild(ops: ProjectionOps, projector: number): Promise<number> {
  forgetPeak(projector);
  for (const kind of ['rebuild', 'drop'] as const) {
    const job = await ops.ask(kind, names, 'bench');
    const { state, result } = await ops.waitForJob(job, AbortSignal.timeout(patienceMs));
    if (state !== 'done') throw new Error(`${kind} ended ${state}: ${JSON.stringify(result)}`);
  }
  return peakMbOf(projector);
}

/** Fills the log while nobody follows it, which takes a third of the time, and waits until all have caught up. */
async function fill({ store, ops, readModel, logId, appends }: Subject, events: number): Promise<void> {
  for (const name of names) await ops.pause(name, 'bench');
  const position = await fillLog(store, appends, events);
  for (const name of names) await ops.resume(name);
  await readModel.waitFor(projections, { logId, position }, patienceMs);
}

async function run({ events: wanted, million, profileTo }: BenchOptions): Promise<Report> {
  const events = million ? 1_000_000 : wanted;
  const parts = await startParts(profileTo, { api: false });
  const store = connectEventStore({ url: parts.eventstoreUrl });
  const ops = openProjectionOps({ databaseUrl: parts.databaseUrl, source: store });
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const readModel = await openReadModel({ databaseUrl: parts.databaseUrl, log });
  const appends = history(scriptsAtOnce);
  try {
    const subject = { store, ops, readModel, appends, logId: await ensureLog(store, 'bench') };
    const peaks: number[] = [];
    for (const more of [events / 10, events - events / 10]) {
      await fill(subject, more);
      peaks.push(await peakOfRebuild(ops, parts.processes['projector'] ?? 0));
    }
    const [tenth = 0, whole = 0] = peaks;
    return {
      figures: { peakMbTenth: rounded(tenth), peakMb: rounded(whole), growth: rounded(whole / tenth) },
      setting: {
        peak: `the most memory the projector had while ${names.join(', ')} were rebuilt in one pass`,
        log: `${events / 10} events, then ${events}`,
      },
      cores: {},
    };
  } finally {
    appends.return(undefined);
    await ops.close();
    await readModel.close();
    await store.close();
    await parts.stop();
  }
}

export const memory: Bench = {
  about: 'what a rebuild needs of memory, with a tenth of the events and with all of them',
  run,
};
