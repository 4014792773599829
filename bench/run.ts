import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Bench, BenchOptions } from './bench.js';
import { perCall, watchCores } from './cores.js';
import { type Engine, firstOutputOfDocker, openEngine } from './docker-alone.js';
import { firstLine } from './follow-run.js';
import { startParts } from './parts.js';
import { median, quantile, rounded } from './quantile.js';
import { openRest, type Rest } from './rest.js';

const ROUNDS = 5;
const PER_ROUND = 6;
const LANES = 8;
const WARM_RUNS = 50;
const CANCELS = 20;
/** A container is started ahead in a fraction of this, when nothing else goes on. */
const REFILL_MS = 500;

const ignoresTerm = `process.on('SIGTERM', () => {});
export const run = (input, { log }) => { log.info('first'); return new Promise((r) => setTimeout(r, 1e6)); }`;

const source = `export function run(input, { log }) { log.info('first'); return {}; }`;

async function createScript(rest: Rest, code: string): Promise<string> {
  const slug = `bench-run-${randomUUID().slice(0, 8)}`;
  await rest.call({ method: 'POST', path: '/v1/scripts', body: { slug, details: { name: slug } } });
  const body = { baseNumber: 0, content: { runtime: 'node', source: code } };
  await rest.call({ method: 'POST', path: `/v1/scripts/${slug}/versions`, body });
  return slug;
}

/** A longer limit than the pool's class makes a run start cold. */
const COLD = { timeoutMs: 600_000 };

async function requestRun(rest: Rest, slug: string, more: object = {}): Promise<string> {
  const answer = await rest.call({
    method: 'POST',
    path: `/v1/scripts/${slug}/runs`,
    headers: { 'idempotency-key': randomUUID() },
    body: { context: 'sandbox', ...more },
  });
  return (JSON.parse(answer.body) as { readonly runId: string }).runId;
}

interface Seen {
  readonly ms: number;
  readonly runId: string;
}

/** Milliseconds from the request to the first line of its log, as a follower receives it. */
async function firstOutput({ rest, url, key, slug }: Asking, more: object = {}): Promise<Seen> {
  const asked = performance.now();
  const runId = await requestRun(rest, slug, more);
  const seen = await firstLine(url, key, runId);
  return { ms: seen - asked, runId };
}

interface Asking {
  readonly rest: Rest;
  readonly url: string;
  readonly key: string;
  readonly slug: string;
}

async function wasWarm(rest: Rest, runId: string): Promise<boolean> {
  const begun = performance.now();
  for (;;) {
    const { body } = await rest.call({ method: 'GET', path: `/v1/runs/${runId}` });
    const [first] = (JSON.parse(body) as { readonly attempts: readonly { readonly warm: boolean }[] })
      .attempts;
    if (first !== undefined) return first.warm;
    if (performance.now() - begun > 10_000) throw new Error(`run ${runId} is not seen to start`);
    await pause(20);
  }
}

/** Of runs that found a container started ahead; a pause between them lets the pool fill up again. */
async function warmRuns(
  asking: Asking,
  count: number,
): Promise<{ readonly warm: number[]; readonly missed: number }> {
  const warm: number[] = [];
  let missed = 0;
  while (warm.length < count && missed < count) {
    const { ms, runId } = await firstOutput(asking);
    if (await wasWarm(asking.rest, runId)) warm.push(ms);
    else missed += 1;
    await pause(REFILL_MS);
  }
  return { warm, missed };
}

/** Milliseconds from the request of a cancel until the container of a script that ignores SIGTERM is gone. */
async function cancelled({ docker }: Engine, asking: Asking): Promise<number> {
  const runId = await requestRun(asking.rest, asking.slug);
  await firstLine(asking.url, asking.key, runId);
  const asked = performance.now();
  await asking.rest.call({ method: 'POST', path: `/v1/runs/${runId}/cancel`, body: {} });
  const filters = { name: [`stemma-${runId}-`] };
  while ((await docker.listContainers({ all: true, filters })).length > 0) await pause(10);
  return performance.now() - asked;
}

/** Things done per second, `LANES` at a time. */
async function perSecond(count: number, once: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  let left = count;
  const lane = async (): Promise<void> => {
    while (left-- > 0) await once();
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return count / ((performance.now() - begun) / 1000);
}

async function run({ keys: _keys, profileTo }: BenchOptions) {
  const parts = await startParts(profileTo, { runs: true });
  const rest = openRest(parts.apiUrl, parts.authorKey, 64);
  const engine = await openEngine(parts.dockerHost);
  try {
    const asking = { rest, url: parts.apiUrl, key: parts.authorKey, slug: await createScript(rest, source) };
    const ours = async () => (await firstOutput(asking, COLD)).ms;
    const alone = () => firstOutputOfDocker(engine);
    for (const once of [ours, alone]) await once();
    const cores = watchCores(parts.processes);
    const began = performance.now();
    const [mine, dockers]: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      for (let index = 0; index < PER_ROUND; index += 1) mine.push(await ours());
      for (let index = 0; index < PER_ROUND; index += 1) dockers.push(await alone());
    }
    const each = (ROUNDS * PER_ROUND) / ((performance.now() - began) / 1000);
    const latency = { runs: perCall(cores(), each) };
    const runsPerS = await perSecond(40, () => firstOutput(asking));
    const dockerRunsPerS = await perSecond(40, alone);
    const { warm, missed } = await warmRuns(asking, WARM_RUNS);
    const stubborn = { ...asking, slug: await createScript(rest, ignoresTerm) };
    const cancels: number[] = [];
    for (let index = 0; index < CANCELS; index += 1) cancels.push(await cancelled(engine, stubborn));
    return report({ cold: mine, dockers, warm, cancels }, { runsPerS, dockerRunsPerS, missed }, latency);
  } finally {
    rest.close();
    await parts.stop();
  }
}

interface Times {
  readonly cold: readonly number[];
  readonly dockers: readonly number[];
  readonly warm: readonly number[];
  readonly cancels: readonly number[];
}

function report(
  { cold, dockers, warm, cancels }: Times,
  counts: { readonly runsPerS: number; readonly dockerRunsPerS: number; readonly missed: number },
  cores: Awaited<ReturnType<Bench['run']>>['cores'],
) {
  return {
    figures: {
      warmP50Ms: rounded(median(warm)),
      warmP99Ms: rounded(quantile(warm, 0.99)),
      warmMissed: counts.missed,
      coldP50Ms: rounded(median(cold)),
      coldP99Ms: rounded(quantile(cold, 0.99)),
      dockerP50Ms: rounded(median(dockers)),
      ratio: rounded(median(cold) / median(dockers)),
      runsPerS: rounded(counts.runsPerS),
      dockerRunsPerS: rounded(counts.dockerRunsPerS),
      cancelP99Ms: rounded(quantile(cancels, 0.99)),
    },
    setting: {
      measured: 'from POST /v1/scripts/{slug}/runs to the first log line that a follower (SSE) receives',
      against: 'dockerode alone, same image and engine: create, attach, start, first output, remove',
      rounds: `${ROUNDS} rounds of ${PER_ROUND} of each, cold, in turn; then 40 of each, ${LANES} at a time, ours as they come; then ${WARM_RUNS} warm ones, one at a time; then ${CANCELS} cancels of a script that ignores SIGTERM, until its container is gone`,
      beside: 'projector running',
    },
    cores,
  };
}

export const runBench: Bench = {
  about: 'from the request of a run to its first output, warm and cold, against Docker alone',
  run,
};
