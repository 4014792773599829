import { setTimeout as pause } from 'node:timers/promises';
import type { Parts, PartName } from '../../parts.js';

/** Something that goes wrong under load, and is over when this resolves. */
type Fault = (parts: Parts) => Promise<void>;

/** From one fault to the next, on average; later when no run has ended since, for nothing is learned of a system that lies still. */
const EVERY_MS = 6_000;
const RUNS_BETWEEN = 4;
const LONGEST_PATIENCE_MS = 30_000;
/** A system starts what has ended again, but not in the same moment: what it left must be gone. */
const LONGEST_AWAY_MS = 3_000;

const away =
  (name: PartName, signal: NodeJS.Signals): Fault =>
  async (parts) => {
    await parts.halt(name, signal);
    await pause(LONGEST_AWAY_MS * (0.3 + 0.7 * Math.random()));
    await parts.revive(name);
  };

interface Kind {
  /** How often it happens, against the others. */
  readonly weight: number;
  readonly deal: Fault;
}

const kinds = {
  workerKilled: { weight: 8, deal: (parts) => parts.crash('worker') },
  workerStopped: { weight: 2, deal: away('worker', 'SIGTERM') },
  redisKilled: { weight: 3, deal: (parts) => parts.crash('redis') },
  engineKilled: { weight: 1, deal: away('docker', 'SIGKILL') },
  engineStopped: { weight: 1, deal: away('docker', 'SIGTERM') },
  postgresAway: { weight: 2, deal: away('postgres', 'SIGKILL') },
  nodeAway: { weight: 2, deal: away('event-node', 'SIGKILL') },
} satisfies Record<string, Kind>;

export type FaultName = keyof typeof kinds;
export type Dealt = Readonly<Record<FaultName, number>>;

export const none = Object.fromEntries(Object.keys(kinds).map((name) => [name, 0])) as Record<
  FaultName,
  number
>;

/** An engine that is not ours serves others, too, and is left alone. */
export const possible = (parts: Parts): readonly FaultName[] =>
  (Object.keys(kinds) as FaultName[]).filter(
    (name) => !name.startsWith('engine') || 'docker' in parts.processes,
  );

/** One of `names`, the likelier the more weight it has. `chance` is from 0 to 1. */
export function choose(names: readonly FaultName[], chance: number): FaultName | undefined {
  let left = chance * names.reduce((sum, name) => sum + kinds[name].weight, 0);
  return names.find((name) => (left -= kinds[name].weight) <= 0);
}

export interface Load {
  /** Ends the dealing. */
  readonly signal: AbortSignal;
  /** How many runs have ended so far. */
  readonly ended: () => number;
  readonly tell: (name: FaultName) => void;
}

/** One fault after the other, each over before the next, until told to stop; gives how many there were of each. */
export async function dealFaults(parts: Parts, load: Load): Promise<Dealt> {
  const dealt = { ...none };
  while (!load.signal.aborted) {
    await untilWorthIt(load);
    const name = load.signal.aborted ? undefined : choose(possible(parts), Math.random());
    if (name === undefined) continue;
    load.tell(name);
    await kinds[name].deal(parts);
    dealt[name] += 1;
  }
  return dealt;
}

async function untilWorthIt({ signal, ended }: Load): Promise<void> {
  const [before, since] = [ended(), performance.now()];
  const rest = (ms: number): Promise<unknown> => pause(ms, undefined, { signal }).catch(() => undefined);
  await rest(EVERY_MS * (0.5 + Math.random()));
  while (
    !signal.aborted &&
    ended() < before + RUNS_BETWEEN &&
    performance.now() - since < LONGEST_PATIENCE_MS
  ) {
    await rest(100);
  }
}
