import { type Fault, lasting, sudden } from './projections/faults.js';
import { olderBackup } from './projections/older-backup.js';
import { openScene, type Scene } from './projections/scene.js';
import type { Found, Soak, SoakOptions } from './soak.js';

const AWAY_MS = 20_000;
/** Every judgement replays the whole log, so a log does not get long. */
const PER_LOG = 10;
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

type Named = readonly [name: string, fault: Fault];

/** Every kind in turn, so many in all. */
function dealt(rounds: number): readonly Named[] {
  const kinds = Object.entries(sudden);
  return Array.from({ length: rounds }, (_, round) => kinds[round % kinds.length]).filter(
    (kind) => kind !== undefined,
  );
}

/** In parts of so many, each on a log of its own. */
const inParts = (all: readonly Named[]): readonly (readonly Named[])[] =>
  Array.from({ length: Math.ceil(all.length / PER_LOG) }, (_, part) =>
    all.slice(part * PER_LOG, (part + 1) * PER_LOG),
  );

/** Strikes one after the other on a log that begins anew, and finally puts an older one in its place if that is wanted. */
async function onOneLog(
  happens: readonly Named[],
  withOlderBackup: boolean,
  tell: (name: string, found: readonly string[]) => void,
): Promise<number> {
  const scene = await openScene();
  try {
    await scene.tell(2_000);
    for (const [name, fault] of happens) tell(name, await strike(scene, name, fault, AWAY_MS));
    if (withOlderBackup) tell('the log is replaced by an older backup', await olderBackup(scene));
    return (await scene.events()).length;
  } finally {
    await scene.close();
  }
}

async function run({ rounds, say }: SoakOptions): Promise<Found> {
  const parts = inParts([...dealt(rounds), ...Object.entries(lasting)]);
  const all = rounds + Object.keys(lasting).length + 1;
  const faults: string[] = [];
  let [done, began, events] = [0, performance.now(), 0];
  const tell = (name: string, found: readonly string[]): void => {
    faults.push(...found);
    done += 1;
    const seconds = ((performance.now() - began) / 1_000).toFixed(1);
    began = performance.now();
    say(`${done} of ${all}: ${name}, ${seconds} s${found.length > 0 ? `, ${found.length} FAULTS` : ''}`);
  };
  for (const part of parts) {
    events += await onOneLog(part, part === parts.at(-1), tell);
    began = performance.now();
  }
  return { rounds: all, events, faults };
}

export const projectionFaults: Soak = {
  about:
    'projector and Postgres killed at so many random moments, live and in a rebuild in turn; Postgres and the event node ' +
    'away for 20 s, a projector frozen past its lock, an older log, once each: rows equal a replay',
  rounds: 50,
  run,
};
