import { randomUUID } from 'node:crypto';
import type { Bench, BenchOptions } from './bench.js';
import { perCall, watchCores } from './cores.js';
import { firstOutputOfDocker, openEngine } from './docker-alone.js';
import { firstLine } from './follow-run.js';
import { startParts } from './parts.js';
import { median, quantile, rounded } from './quantile.js';
import { openRest, type Rest } from './rest.js';

const ROUNDS = 5;
const PER_ROUND = 6;
const LANES = 8;

const source = `export function run(input, { log }) { log.info('first'); return {}; }`;

async function createScript(rest: Rest): Promise<string> {
  const slug = `bench-run-${randomUUID().slice(0, 8)}`;
  await rest.call({ method: 'POST', path: '/v1/scripts', body: { slug, details: { name: slug } } });
  const body = { baseNumber: 0, content: { runtime: 'node', source } };
  await rest.call({ method: 'POST', path: `/v1/scripts/${slug}/versions`, body });
  return slug;
}

async function requestRun(rest: Rest, slug: string): Promise<string> {
  const answer = await rest.call({
    method: 'POST',
    path: `/v1/scripts/${slug}/runs`,
    headers: { 'idempotency-key': randomUUID() },
    body: { context: 'sandbox' },
  });
  return (JSON.parse(answer.body) as { readonly runId: string }).runId;
}

/** Milliseconds from the request to the first line of its log, as a follower receives it. */
async function firstOutput(rest: Rest, url: string, key: string, slug: string): Promise<number> {
  const asked = performance.now();
  const runId = await requestRun(rest, slug);
  const seen = await firstLine(url, key, runId);
  return seen - asked;
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
    const slug = await createScript(rest);
    const ours = () => firstOutput(rest, parts.apiUrl, parts.authorKey, slug);
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
    const runsPerS = await perSecond(40, ours);
    const dockerRunsPerS = await perSecond(40, alone);
    return report(mine, dockers, { runsPerS, dockerRunsPerS }, latency);
  } finally {
    rest.close();
    await parts.stop();
  }
}

function report(
  mine: readonly number[],
  dockers: readonly number[],
  rates: { readonly runsPerS: number; readonly dockerRunsPerS: number },
  cores: Awaited<ReturnType<Bench['run']>>['cores'],
) {
  return {
    figures: {
      coldP50Ms: rounded(median(mine)),
      coldP99Ms: rounded(quantile(mine, 0.99)),
      dockerP50Ms: rounded(median(dockers)),
      ratio: rounded(median(mine) / median(dockers)),
      runsPerS: rounded(rates.runsPerS),
      dockerRunsPerS: rounded(rates.dockerRunsPerS),
    },
    setting: {
      measured: 'from POST /v1/scripts/{slug}/runs to the first log line that a follower (SSE) receives',
      against: 'dockerode alone, same image and engine: create, attach, start, first output, remove',
      rounds: `${ROUNDS} rounds of ${PER_ROUND} of each, in turn; then 40 of each, ${LANES} at a time`,
      beside: 'projector running',
    },
    cores,
  };
}

export const runBench: Bench = {
  about: 'from the request of a run to its first output, against Docker alone',
  run,
};
