import type { Bench, BenchOptions } from './bench.js';
import { watchCores } from './cores.js';
import { openLoop } from './load.js';
import { startParts } from './parts.js';
import { quantile, rounded } from './quantile.js';
import { openRest, type Rest } from './rest.js';
import { type BenchScript, changeDescription, createScripts, headerOf, oneKilobyte } from './scripts.js';

const keys = 1_000;
const perSecond = 200;
const warmUpSeconds = 3;
const rounds = 4;

/** Milliseconds: of the command's answer from its request, and of its row in the read model from that answer. */
interface Seen {
  readonly answeredMs: number;
  readonly visibleMs: number;
}

/** Changes a script, then reads it at the position of the change; what is read must be what was written. */
async function changeAndSee(rest: Rest, script: BenchScript): Promise<Seen> {
  const description = oneKilobyte();
  const sent = performance.now();
  const answer = await changeDescription(rest, script, description);
  const answered = performance.now();
  const headers = { 'stemma-min-position': headerOf(answer, 'stemma-position') };
  const read = await rest.call({ method: 'GET', path: `/v1/scripts/${script.slug}`, headers });
  const visibleMs = performance.now() - answered;
  const row = JSON.parse(read.body) as { description: string };
  if (row.description !== description)
    throw new Error(`${script.slug} was read older than the position asked for.`);
  return { answeredMs: answered - sent, visibleMs };
}

async function run({ seconds, profileTo }: BenchOptions) {
  const parts = await startParts(profileTo);
  const rest = openRest(parts.apiUrl, parts.authorKey, 256);
  try {
    const scripts = await createScripts(rest, keys);
    const seen: Seen[] = [];
    const step = async (index: number): Promise<void> => {
      const script = scripts[index % keys];
      if (script !== undefined) seen.push(await changeAndSee(rest, script));
    };
    await openLoop({ perSecond, seconds: warmUpSeconds }, step);
    seen.length = 0;
    const cores = watchCores(parts.processes);
    await openLoop({ perSecond, seconds: seconds * rounds }, step);
    return { ...figures(seen), cores: { commands: cores() } };
  } finally {
    rest.close();
    await parts.stop();
  }
}

function figures(seen: readonly Seen[]) {
  const ms = (of: keyof Seen, q: number): number =>
    rounded(
      quantile(
        seen.map((each) => each[of]),
        q,
      ),
    );
  return {
    figures: { p50Ms: ms('visibleMs', 0.5), p99Ms: ms('visibleMs', 0.99) },
    setting: {
      measured:
        'from a command’s answer to the answer of GET /v1/scripts/{slug} with its Stemma-Min-Position',
      command: 'PATCH /v1/scripts/{slug}: 1 KB of description, If-Match, Idempotency-Key, author’s key',
      rate: `${perSecond}/s, begun on time whether or not earlier ones have ended; ${seen.length} of them`,
      keys: `${keys} scripts`,
      answered: `commands in ${ms('answeredMs', 0.5)} ms (p50), ${ms('answeredMs', 0.99)} ms (p99)`,
      worst: `${ms('visibleMs', 1)} ms`,
      beside: 'nothing else',
    },
  };
}

export const visible: Bench = {
  about: 'how long after a command’s answer its row can be read, at 200 commands/s',
  run,
};
