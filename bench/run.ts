import { setTimeout as pause } from 'node:timers/promises';
import type { Bench, BenchOptions } from './bench.js';
import { perCall, type Processes, watchCores } from './cores.js';
import { type Engine, firstOutputOfDocker, openEngine } from './docker-alone.js';
import { firstLine, lastLine } from './follow-run.js';
import { watchMemory } from './memory.js';
import { startParts } from './parts.js';
import { median, quantile, rounded } from './quantile.js';
import { type Asking, createScript, firstOutput, requestRun } from './request-run.js';
import { openRest, type Rest } from './rest.js';

const ROUNDS = 5;
const PER_ROUND = 6;
const LANES = 8;
const EACH_AT_ONCE = 40;
/** What is started ahead serves so many one after another in each lane. */
const BURST = LANES * 3;
const WARM_RUNS = 50;
const CANCELS = 20;
const ARTIFACT_MB = 100;

/** As many at the same time as there are lanes, all of them of the one tenant there is, and a burst's worth started ahead. */
const worker = {
  STEMMA_WORKER_CONCURRENCY: String(LANES),
  STEMMA_RUNS_PER_TENANT: String(LANES),
  STEMMA_POOL_SIZES: `node=${BURST},python=0,shell=0`,
};

const ignoresTerm = `process.on('SIGTERM', () => {});
export const run = (input, { log }) => { log.info('first'); return new Promise((r) => setTimeout(r, 1e6)); }`;

const writesMuch = `export async function run(input, { log, writeArtifact }) {
  log.info('first');
  const piece = Buffer.alloc(1e6, 7);
  await writeArtifact('large.bin', (async function* () { for (let n = 0; n < ${ARTIFACT_MB}; n += 1) yield piece; })());
}`;

const source = `export function run(input, { log }) { log.info('first'); return {}; }`;

/** For what is done behind an answer. */
const SETTLE_MS = 200;

/** A longer limit than the pool's class makes a run start cold. */
const COLD = { timeoutMs: 600_000 };

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

/** Until all that shall wait do: what is started ahead is started neither beside a figure nor for the next one. */
async function poolIsFull({ docker }: Engine): Promise<void> {
  const filters = { name: ['stemma-warm.'], status: ['running'] };
  for (let tries = 0; tries < 1200; tries += 1) {
    if ((await docker.listContainers({ filters })).length >= BURST) return pause(SETTLE_MS);
    await pause(50);
  }
  throw new Error(`There are no ${BURST} containers started ahead after a minute.`);
}

/** Of runs that found a container started ahead. */
async function warmRuns(
  engine: Engine,
  asking: Asking,
): Promise<{ readonly warm: number[]; readonly missed: number }> {
  const warm: number[] = [];
  let missed = 0;
  while (warm.length < WARM_RUNS && missed < WARM_RUNS) {
    await poolIsFull(engine);
    const { ms, runId } = await firstOutput(asking);
    if (await wasWarm(asking.rest, runId)) warm.push(ms);
    else missed += 1;
  }
  return { warm, missed };
}

/** From the request of a run until it has ended. */
async function whole({ rest, url, key, slug }: Asking, more: object = {}): Promise<void> {
  await lastLine(url, key, await requestRun(rest, slug, more));
}

/** By how many MB the worker grows at most while a run writes its first large artifact. */
async function artifactGrowth(asking: Asking, workerPid: number): Promise<number> {
  const grown = watchMemory(workerPid);
  await whole(asking);
  return grown();
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

async function run({ profileTo }: BenchOptions) {
  const parts = await startParts(profileTo, { runs: true, worker });
  const rest = openRest(parts.apiUrl, parts.authorKey, 64);
  const engine = await openEngine(parts.dockerHost);
  const askingFor = async (code: string): Promise<Asking> => ({
    rest,
    url: parts.apiUrl,
    key: parts.authorKey,
    slug: await createScript(rest, code),
  });
  try {
    const asking = await askingFor(source);
    const { cold, dockers, cores } = await coldRuns(engine, asking, parts.processes);
    await poolIsFull(engine);
    const burstPerS = await perSecond(BURST, () => whole(asking));
    const runsPerS = await perSecond(EACH_AT_ONCE, () => whole(asking));
    await poolIsFull(engine);
    const dockerRunsPerS = await perSecond(EACH_AT_ONCE, () => firstOutputOfDocker(engine));
    const { warm, missed } = await warmRuns(engine, asking);
    const stubborn = await askingFor(ignoresTerm);
    const cancels: number[] = [];
    for (let index = 0; index < CANCELS; index += 1) cancels.push(await cancelled(engine, stubborn));
    const grownMb = await artifactGrowth(await askingFor(writesMuch), parts.processes['worker'] ?? 0);
    return report(
      { cold, dockers, warm, cancels },
      { burstPerS, runsPerS, dockerRunsPerS, missed, grownMb },
      cores,
    );
  } finally {
    rest.close();
    await parts.stop();
  }
}

/** Ours and the engine alone in turn, one at a time. */
async function coldRuns(engine: Engine, asking: Asking, processes: Processes) {
  const [cold, dockers]: [number[], number[]] = [[], []];
  const ours = async () => {
    const { ms, runId } = await firstOutput(asking, COLD);
    // As the engine alone: a container is removed before the next one is asked for.
    await lastLine(asking.url, asking.key, runId);
    return ms;
  };
  const alone = () => firstOutputOfDocker(engine);
  for (const once of [ours, alone]) await once();
  await poolIsFull(engine);
  const cores = watchCores(processes);
  const began = performance.now();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let index = 0; index < PER_ROUND; index += 1) cold.push(await ours());
    await pause(SETTLE_MS);
    for (let index = 0; index < PER_ROUND; index += 1) dockers.push(await alone());
  }
  const each = (ROUNDS * PER_ROUND) / ((performance.now() - began) / 1000);
  return { cold, dockers, cores: { runs: perCall(cores(), each) } };
}

interface Times {
  readonly cold: readonly number[];
  readonly dockers: readonly number[];
  readonly warm: readonly number[];
  readonly cancels: readonly number[];
}

interface Counts {
  /** Of as many as were started ahead. */
  readonly burstPerS: number;
  /** Of those that come right after them, for which every container is started meanwhile. */
  readonly runsPerS: number;
  readonly dockerRunsPerS: number;
  /** Runs that found no container started ahead. */
  readonly missed: number;
  readonly grownMb: number;
}

function report(
  { cold, dockers, warm, cancels }: Times,
  counts: Counts,
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
      coldRatio: rounded(median(cold) / median(dockers)),
      burstRunsPerS: rounded(counts.burstPerS),
      runsPerS: rounded(counts.runsPerS),
      dockerRunsPerS: rounded(counts.dockerRunsPerS),
      burstRatio: rounded(counts.burstPerS / counts.dockerRunsPerS),
      runsRatio: rounded(counts.runsPerS / counts.dockerRunsPerS),
      cancelP99Ms: rounded(quantile(cancels, 0.99)),
      artifactGrowthMb: rounded(counts.grownMb),
    },
    setting: {
      measured: 'from POST /v1/scripts/{slug}/runs to the first log line that a follower (SSE) receives',
      against: 'dockerode alone, same image and engine: create, attach, start, first output, remove',
      rounds: `${ROUNDS} rounds of ${PER_ROUND} of each, cold, in turn; then, ${LANES} at a time and until they have ended, a burst of ${BURST}, as many as the worker's pool has started ahead, and at once ${EACH_AT_ONCE} more, for which each container is started meanwhile; then ${EACH_AT_ONCE} of the engine alone; then ${WARM_RUNS} warm ones, one at a time; then ${CANCELS} cancels of a script that ignores SIGTERM, until its container is gone; then an artifact of ${ARTIFACT_MB} MB`,
      beside: 'projector running',
    },
    cores,
  };
}

export const runBench: Bench = {
  about: 'from the request of a run to its first output, warm and cold, against Docker alone',
  run,
};
