import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Bench, BenchOptions } from './bench.js';
import { perCall, watchCores } from './cores.js';
import { lastLine } from './follow-run.js';
import { type Parts, startParts } from './parts.js';
import { median, rounded } from './quantile.js';
import { type Asking, createScript, firstOutput, requestRun } from './request-run.js';
import { openRest, type Rest } from './rest.js';

const WAITING = 200;
const SAMPLES = 7;
const LASTS_MS = 2_000;
/** Between two samples, for what is started ahead. */
const BETWEEN_MS = 1_000;
/** Concurrency and runs per tenant are left as they are by default; one waits for each that may be executed. */
const worker = { STEMMA_POOL_SIZES: 'node=4,python=0,shell=0' };

const short = `export function run(input, { log }) { log.info('first'); return {}; }`;
const lasting = `export function run(input, { log }) { log.info('first'); return new Promise((r) => setTimeout(() => r({}), ${LASTS_MS})); }`;

/** Somebody of another tenant than the one that the parts start with. */
async function askingOfOther({ apiUrl, stateDir }: Parts): Promise<Asking> {
  const admin = openRest(
    apiUrl,
    (await readFile(path.join(stateDir, 'credentials', 'admin'), 'utf8')).trim(),
    1,
  );
  const made = await admin.call({
    method: 'POST',
    path: '/v1/tenants',
    headers: { 'idempotency-key': randomUUID() },
    body: { name: 'many' },
  });
  admin.close();
  const { key } = JSON.parse(made.body) as { readonly key: string };
  const rest = openRest(apiUrl, key, 16);
  return { rest, url: apiUrl, key, slug: await createScript(rest, lasting) };
}

/** Of runs one after another: whoever asks has no other run when he does. */
async function firstOutputs(asking: Asking): Promise<number[]> {
  const times: number[] = [];
  while (times.length < SAMPLES) {
    await pause(BETWEEN_MS);
    const { ms, runId } = await firstOutput(asking);
    await lastLine(asking.url, asking.key, runId);
    times.push(ms);
  }
  return times;
}

async function unfinished(rest: Rest): Promise<number> {
  const { body } = await rest.call({ method: 'GET', path: '/v1/runs?status=pending&limit=200' });
  return (JSON.parse(body) as { readonly items: readonly unknown[] }).items.length;
}

async function run({ profileTo }: BenchOptions) {
  const parts = await startParts(profileTo, { runs: true, worker });
  const rest = openRest(parts.apiUrl, parts.authorKey, 4);
  const many = await askingOfOther(parts);
  try {
    const one = { rest, url: parts.apiUrl, key: parts.authorKey, slug: await createScript(rest, short) };
    await lastLine(one.url, one.key, (await firstOutput(one)).runId);
    const idle = await firstOutputs(one);
    await Promise.all(Array.from({ length: WAITING }, () => requestRun(many.rest, many.slug)));
    const cores = watchCores(parts.processes);
    const began = performance.now();
    const beside = await firstOutputs(one);
    const perSecond = SAMPLES / ((performance.now() - began) / 1000);
    const stillWaiting = await unfinished(many.rest);
    return {
      ...report(idle, beside, stillWaiting),
      cores: { 'beside the other': perCall(cores(), perSecond) },
    };
  } finally {
    rest.close();
    many.rest.close();
    await parts.stop();
  }
}

function report(idle: readonly number[], beside: readonly number[], stillWaiting: number) {
  return {
    figures: {
      idleMs: rounded(median(idle)),
      besideMs: rounded(median(beside)),
      besideWorstMs: rounded(Math.max(...beside)),
      fairRatio: rounded(median(beside) / median(idle)),
      stillWaiting,
    },
    setting: {
      measured: `from the request of a tenant's only run to its first log line: the median of ${SAMPLES}, with nobody else and then behind ${WAITING} runs that another tenant had asked for`,
      others: `each of them lasts ${LASTS_MS / 1000} s and does nothing meanwhile: turns are measured, not the processor`,
      worker: 'concurrency and runs per tenant by default, four containers of Node started ahead',
    },
  };
}

export const fairness: Bench = {
  about: "a tenant's first run behind two hundred of another tenant, against the same with nobody else",
  run,
};
