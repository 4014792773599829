import { projections } from '@stemma/projections';
import { cp, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Scene } from './scene.js';

interface Health {
  readonly projections: readonly {
    readonly projection: string;
    readonly activity: string;
    readonly position: string | null;
    readonly reason: string | null;
  }[];
}

const LONGEST_MS = 60_000;
const names = projections.map(({ name }) => name);

/**
 * Puts an older copy of the log in its place, which then goes on with other events. Every projection must refuse and say what
 * to do; doing that must heal all of them. What is wrong is told.
 */
export async function olderBackup(scene: Scene): Promise<readonly string[]> {
  const { parts, tell, forget } = scene;
  const log = path.join(parts.stateDir, 'log');
  const backup = path.join(parts.stateDir, 'older');
  await parts.halt('event-node', 'SIGTERM');
  await cp(log, backup, { recursive: true });
  await parts.revive('event-node');
  await tell(200);
  const before = await scene.judge();
  await parts.halt('event-node', 'SIGTERM');
  await rm(log, { recursive: true });
  await cp(backup, log, { recursive: true });
  await parts.revive('event-node');
  forget();
  await tell(50);
  const refused = await refusals(parts.projectorUrl);
  if (refused.length > 0) return [...before, ...refused];
  const rebuilt = await perform(scene, 'rebuild');
  const dropped = await perform(scene, 'drop');
  return [...before, ...rebuilt, ...dropped, ...(await scene.judge())];
}

/** Who did not refuse in time, or did not say why and what to do. */
export async function refusals(projectorUrl: string, withinMs = LONGEST_MS): Promise<readonly string[]> {
  for (const deadline = performance.now() + withinMs; ; await pause(100)) {
    const health = (await (await fetch(`${projectorUrl}/health/ready`)).json()) as Health;
    const going = health.projections.filter(
      ({ activity, reason, projection }) =>
        activity !== 'stopped' ||
        !reason?.includes(`stemma projections rebuild ${projection} --accept-differences`),
    );
    if (going.length === 0) return [];
    if (performance.now() > deadline)
      return going.map((one) => `${one.projection} does not refuse an older log: ${JSON.stringify(one)}`);
  }
}

async function perform({ ops }: Scene, kind: 'rebuild' | 'drop'): Promise<readonly string[]> {
  const job = await ops.ask(kind, names, 'soak', { acceptDifferences: true });
  const { state, result } = await ops.waitForJob(job, AbortSignal.timeout(120_000));
  return state === 'done' ? [] : [`${kind} of what refused ended ${state}: ${JSON.stringify(result)}`];
}
