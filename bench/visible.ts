import type { Bench, BenchOptions } from './bench.js';
import { perCall, watchCores } from './cores.js';
import { openLoop } from './load.js';
import { startParts } from './parts.js';
import { quantile, rounded } from './quantile.js';
import { openRest, type Rest } from './rest.js';
import { type BenchScript, changeDescription, createScripts, oneKilobyte, readChanged } from './scripts.js';

const perSecond = 200;
const warmUpSeconds = 3;
const rounds = 4;

/** Milliseconds: of the command's answer from when it was due, and of its row in the read model from that answer. */
interface Seen {
  readonly answeredMs: number;
  readonly visibleMs: number;
}

/** Changes a script, then reads it at the position of the change; what is read must be what was written. */
async function changeAndSee(rest: Rest, script: BenchScript, due: number): Promise<Seen> {
  const description = oneKilobyte();
  await changeDescription(rest, script, description);
  const answered = performance.now();
  const row = await readChanged(rest, script);
  const visibleMs = performance.now() - answered;
  if (row.description !== description)
    throw new Error(`${script.slug} was read older than the position asked for.`);
  return { answeredMs: answered - due, visibleMs };
}

/** The scripts in turn, each by one call at a time: one that is late holds up the next of its script, and both show it. */
function changingInTurn(rest: Rest, scripts: readonly BenchScript[], seen: Seen[]) {
  const last = new Map<BenchScript, Promise<void>>();
  return (index: number): Promise<void> => {
    const due = performance.now();
    const script = scripts[index % scripts.length];
    if (script === undefined) return Promise.resolve();
    const before = last.get(script) ?? Promise.resolve();
    const call = before.then(async () => void seen.push(await changeAndSee(rest, script, due)));
    last.set(script, call);
    return call;
  };
}

async function run({ seconds, keys, profileTo }: BenchOptions) {
  const parts = await startParts(profileTo);
  const rest = openRest(parts.apiUrl, parts.authorKey, 256);
  try {
    const scripts = await createScripts(rest, keys);
    await openLoop({ perSecond, seconds: warmUpSeconds }, changingInTurn(rest, scripts, []));
    const seen: Seen[] = [];
    const cores = watchCores(parts.processes);
    const started = performance.now();
    await openLoop({ perSecond, seconds: seconds * rounds }, changingInTurn(rest, scripts, seen));
    const reached = seen.length / ((performance.now() - started) / 1_000);
    return { ...figures(seen, keys), cores: { 'commands and reads': perCall(cores(), reached) } };
  } finally {
    rest.close();
    await parts.stop();
  }
}

function figures(seen: readonly Seen[], keys: number) {
  const ms = (of: keyof Seen, q: number): number => {
    const all = seen.map((each) => each[of]);
    return rounded(quantile(all, q));
  };
  return {
    figures: {
      p50Ms: ms('visibleMs', 0.5),
      p99Ms: ms('visibleMs', 0.99),
      commandP50Ms: ms('answeredMs', 0.5),
      commandP99Ms: ms('answeredMs', 0.99),
    },
    setting: {
      measured:
        'from a command’s answer to the answer of GET /v1/scripts/{slug} with its Stemma-Min-Position',
      command: 'PATCH /v1/scripts/{slug}: 1 KB of description, If-Match, Idempotency-Key, author’s key',
      rate: `${perSecond}/s, begun on time whether or not earlier ones have ended; ${seen.length} of them`,
      keys: `${keys} scripts`,
      answered: 'commandP50Ms, commandP99Ms: a command’s answer, from when it was due',
      worst: `${ms('visibleMs', 1)} ms`,
      beside: 'nothing else',
    },
  };
}

export const visible: Bench = {
  about: 'how long after a command’s answer its row can be read, at 200 commands/s',
  run,
};
