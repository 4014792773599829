import { type Fault, lasting, sudden } from './projections/faults.js';
import { olderBackup } from './projections/older-backup.js';
import { openScene, type Scene } from './projections/scene.js';
import type { Found, Soak, SoakOptions } from './soak.js';

const AWAY_MS = 20_000;
/** So that every round has something to lose. */
const EVENTS = 150;

/** One fault under load, and what is wrong afterwards: nobody acts in between. */
export async function strike(scene: Scene, name: string, fault: Fault, awayMs: number): Promise<string[]> {
  const load = scene.load();
  try {
    await fault(scene, awayMs);
  } catch (error) {
    await load.stop();
    return [`${name}: ${error instanceof Error ? error.message : String(error)}`];
  }
  await load.stop();
  await scene.tell(EVENTS);
  return (await scene.judge()).map((wrong) => `${name}: ${wrong}`);
}

async function run({ rounds, say }: SoakOptions): Promise<Found> {
  const scene = await openScene();
  const faults: string[] = [];
  const kinds = Object.entries(sudden);
  const happens = [
    ...Array.from({ length: rounds }, (_, round) => kinds[round % kinds.length]).flatMap((kind) =>
      kind ? [kind] : [],
    ),
    ...Object.entries(lasting),
  ];
  try {
    await scene.tell(2_000);
    for (const [index, [name, fault]] of happens.entries()) {
      const found = await strike(scene, name, fault, AWAY_MS);
      faults.push(...found);
      say(
        `${index + 1} of ${happens.length + 1}: ${name}${found.length > 0 ? `, ${found.length} FAULTS` : ''}`,
      );
    }
    faults.push(...(await olderBackup(scene)));
    say(`${happens.length + 1} of ${happens.length + 1}: the log is replaced by an older backup`);
    return { rounds: happens.length + 1, events: (await scene.events()).length, faults };
  } finally {
    await scene.close();
  }
}

export const projectionFaults: Soak = {
  about:
    'projector and Postgres killed at random, servers away, a frozen projector, an older log: rows equal a replay',
  rounds: 50,
  run,
};
