import { judgeRunHistories, type RunEvent } from '@stemma/domain';
import { connectEventStore } from '@stemma/event-store';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { openEngine } from '../docker-alone.js';
import { type Parts, startParts } from '../parts.js';
import { openRest, type Rest } from '../rest.js';
import { dealFaults } from './runs/deal-faults.js';
import { leftContainers } from './runs/left-containers.js';
import type { Found, Soak, SoakOptions } from './soak.js';

const LANES = 8;
/** One run in so many is cancelled, at any moment of its life. */
const CANCELLED_ONE_IN = 10;
const LONGEST_MS = 800;
/** R-E5: a run ends within the limit of its sandbox and 60 s, whatever breaks. */
const PATIENCE_MS = 120_000;
/** How long a request is sent again while the API cannot accept it. */
const ACCEPTED_MS = 60_000;
const LEFT_MS = 30_000;

const source = `export async function run({ ms }, { log }) {
  log.info('begun');
  await new Promise((resolve) => setTimeout(resolve, ms));
  return { ms };
}`;

async function createScript(rest: Rest): Promise<string> {
  const slug = `soak-${randomUUID().slice(0, 8)}`;
  await rest.call({ method: 'POST', path: '/v1/scripts', body: { slug, details: { name: slug } } });
  const body = { baseNumber: 0, content: { runtime: 'node', source } };
  await rest.call({ method: 'POST', path: `/v1/scripts/${slug}/versions`, body });
  return slug;
}

/** A run that was accepted; the same request again when the answer was lost, or could not be given. */
async function request(rest: Rest, slug: string): Promise<string> {
  const headers = { 'idempotency-key': randomUUID() };
  const body = { context: 'sandbox', input: { ms: Math.floor(Math.random() * LONGEST_MS) } };
  for (const deadline = performance.now() + ACCEPTED_MS; ; await pause(200)) {
    try {
      const answer = await rest.call({ method: 'POST', path: `/v1/scripts/${slug}/runs`, headers, body });
      return (JSON.parse(answer.body) as { readonly runId: string }).runId;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
  }
}

/** It may have ended meanwhile, and be refused: the history says whether that was true. */
async function maybeCancel(rest: Rest, runId: string): Promise<void> {
  if (Math.random() * CANCELLED_ONE_IN > 1) return;
  await pause(Math.random() * LONGEST_MS);
  await rest.call({ method: 'POST', path: `/v1/runs/${runId}/cancel`, body: {} }).catch(() => undefined);
}

async function statusOf(rest: Rest, runId: string): Promise<string> {
  try {
    const answer = await rest.call({ method: 'GET', path: `/v1/runs/${runId}` });
    return (JSON.parse(answer.body) as { readonly status: string }).status;
  } catch {
    return 'not yet visible';
  }
}

async function waitForEnd(rest: Rest, runId: string): Promise<boolean> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    if (['completed', 'failed', 'timeout', 'cancelled'].includes(await statusOf(rest, runId))) return true;
    await pause(200);
  }
  return false;
}

async function run({ rounds, say }: SoakOptions): Promise<Found> {
  const parts = await startParts(undefined, {
    runs: true,
    ownEngine: true,
    worker: {
      STEMMA_WORKER_CONCURRENCY: String(LANES),
      STEMMA_RUNS_PER_TENANT: String(LANES),
      // As often as somebody who kills things every few seconds would have it.
      STEMMA_RECONCILE_SECONDS: '2',
    },
  });
  const rest = openRest(parts.apiUrl, parts.authorKey, 32);
  const calm = new AbortController();
  try {
    const slug = await createScript(rest);
    await waitForEnd(rest, await request(rest, slug));
    const began = performance.now();
    const progress = { ended: 0 };
    const told = (name: string): void =>
      say(`${secondsSince(began)} s, ${progress.ended} of ${rounds} runs: ${name}`);
    const dealing = dealFaults(parts, { signal: calm.signal, ended: () => progress.ended, tell: told });
    const { accepted, late } = await requestAll(rest, slug, rounds, progress);
    const seconds = secondsSince(began);
    calm.abort();
    const dealt = await dealing;
    const { docker } = await openEngine(parts.dockerHost);
    const faults = [...late, ...(await judge(parts, accepted)), ...(await leftContainers(docker, LEFT_MS))];
    return { runs: accepted.length, ...dealt, seconds, faults };
  } finally {
    rest.close();
    await parts.stop();
  }
}

const secondsSince = (began: number): number => Math.round((performance.now() - began) / 1_000);

async function requestAll(
  rest: Rest,
  slug: string,
  rounds: number,
  progress: { ended: number },
): Promise<{ readonly accepted: readonly string[]; readonly late: readonly string[] }> {
  const accepted: string[] = [];
  const late: string[] = [];
  let left = rounds;
  const lane = async (): Promise<void> => {
    while (left-- > 0) {
      const runId = await request(rest, slug);
      accepted.push(runId);
      await maybeCancel(rest, runId);
      if (!(await waitForEnd(rest, runId))) late.push(`run ${runId}: not ended within ${PATIENCE_MS} ms`);
      progress.ended += 1;
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return { accepted, late };
}

async function judge({ eventstoreUrl }: Parts, accepted: readonly string[]): Promise<string[]> {
  const store = connectEventStore({ url: eventstoreUrl });
  try {
    const events: RunEvent[] = [];
    for await (const event of store.readAll()) {
      if (event.stream.startsWith('run-')) events.push(event as unknown as RunEvent);
    }
    return judgeRunHistories(accepted, events).map(({ runId, fault }) => `run ${runId}: ${fault}`);
  } finally {
    await store.close();
  }
}

export const runs: Soak = {
  about:
    'runs while worker, Redis, engine, Postgres and event node go and come at random: each ends exactly once',
  rounds: 1_000,
  run,
};
