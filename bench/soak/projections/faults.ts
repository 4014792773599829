import { projections } from '@stemma/projections';
import { setTimeout as pause } from 'node:timers/promises';
import type { Scene } from './scene.js';

/** Something that goes wrong under load, and is over when this resolves. `awayMs`: how long a server stays away. */
export type Fault = (scene: Scene, awayMs: number) => Promise<void>;

const LONGEST_MS = 1_500;
/** Longer than a frozen projector keeps its locks. */
const PAST_THE_LOCK_MS = 8_000;

const aMoment = (): Promise<void> => pause(Math.random() * LONGEST_MS);

/** While all projections are rebuilt. The job is taken up again by whoever comes next, and must end well. */
const inRebuild =
  (fault: Fault): Fault =>
  async (scene, awayMs) => {
    const names = projections.map(({ name }) => name);
    const job = await scene.ops.ask('rebuild', names, 'soak');
    await fault(scene, awayMs);
    const { state, result } = await jobEnded(scene, job);
    if (state !== 'done') throw new Error(`the rebuild ended ${state}: ${JSON.stringify(result)}`);
    await jobEnded(scene, await scene.ops.ask('drop', names, 'soak'));
  };

/** By asking: the connection that would hear of it may be what was cut. */
async function jobEnded({ ops }: Scene, id: string) {
  for (const deadline = performance.now() + 120_000; ;) {
    const report = await ops.job(id).catch(() => undefined);
    if (report && report.state !== 'queued' && report.state !== 'running') return report;
    if (performance.now() > deadline) throw new Error(`the job is still ${report?.state ?? 'unknown'}`);
    await pause(200);
  }
}

const killed =
  (name: 'projector' | 'postgres'): Fault =>
  async ({ parts }) => {
    await aMoment();
    await parts.crash(name);
  };

const away =
  (name: 'postgres' | 'event-node'): Fault =>
  async ({ parts }, awayMs) => {
    await aMoment();
    await parts.halt(name);
    await pause(awayMs);
    await parts.revive(name);
  };

const frozen: Fault = async ({ parts }) => {
  parts.signal('projector', 'SIGSTOP');
  await parts.startSecondProjector();
  await pause(PAST_THE_LOCK_MS);
  parts.signal('projector', 'SIGCONT');
  await aMoment();
  await parts.halt('second-projector', 'SIGTERM');
};

/** What happens at random, round by round. */
export const sudden: Readonly<Record<string, Fault>> = {
  'the projector is killed': killed('projector'),
  'Postgres is killed': killed('postgres'),
  'the projector is killed in a rebuild': inRebuild(killed('projector')),
  'Postgres is killed in a rebuild': inRebuild(killed('postgres')),
};

/** What happens once. */
export const lasting: Readonly<Record<string, Fault>> = {
  'Postgres is away': away('postgres'),
  'the event node is away': away('event-node'),
  'a projector is frozen past its lock': frozen,
};
