import { judgeRunHistories, type RunEvent } from '@stemma/domain';
import { connectEventStore } from '@stemma/event-store';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { openEngine } from '../docker-alone.js';
import { type Parts, startParts } from '../parts.js';
import { openRest, type Rest } from '../rest.js';
import { leftContainers } from './runs/left-containers.js';
import type { Found, Soak, SoakOptions } from './soak.js';

const LANES = 8;
const EVERY_MS = 7_000;
/** One run in so many is cancelled, at any moment of its life. */
const CANCELLED_ONE_IN = 10;
const LONGEST_MS = 800;
const PATIENCE_MS = 180_000;
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

/** A run that was accepted; the same request again when the answer was lost. */
async function request(rest: Rest, slug: string): Promise<string> {
  const headers = { 'idempotency-key': randomUUID() };
  const body = { context: 'sandbox', input: { ms: Math.floor(Math.random() * LONGEST_MS) } };
  const answer = await rest.call({ method: 'POST', path: `/v1/scripts/${slug}/runs`, headers, body });
  return (JSON.parse(answer.body) as { readonly runId: string }).runId;
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

/** Kills the worker, empties Redis by killing it, again and again until told to stop. */
async function breakThings(parts: Parts, signal: AbortSignal): Promise<number> {
  let crashes = 0;
  while (!signal.aborted) {
    await pause(EVERY_MS * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    await parts.crash(Math.random() < 0.7 ? 'worker' : 'redis');
    crashes += 1;
  }
  return crashes;
}

async function run({ rounds, say }: SoakOptions): Promise<Found> {
  const parts = await startParts(undefined, {
    runs: true,
    worker: { STEMMA_WORKER_CONCURRENCY: String(LANES), STEMMA_RUNS_PER_TENANT: String(LANES) },
  });
  const rest = openRest(parts.apiUrl, parts.authorKey, 32);
  const calm = new AbortController();
  const began = performance.now();
  try {
    const slug = await createScript(rest);
    await waitForEnd(rest, await request(rest, slug));
    const breaking = breakThings(parts, calm.signal);
    const accepted = await requestAll(rest, slug, rounds, say);
    calm.abort();
    const crashes = await breaking;
    for (const runId of accepted) await waitForEnd(rest, runId);
    const { docker } = await openEngine(parts.dockerHost);
    const faults = [...(await judge(parts, accepted)), ...(await leftContainers(docker, LEFT_MS))];
    return { runs: accepted.length, crashes, seconds: secondsSince(began), faults };
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
  say: SoakOptions['say'],
): Promise<string[]> {
  const accepted: string[] = [];
  const began = performance.now();
  let ended = 0;
  let left = rounds;
  const lane = async (): Promise<void> => {
    while (left-- > 0) {
      const runId = await request(rest, slug);
      accepted.push(runId);
      await maybeCancel(rest, runId);
      await waitForEnd(rest, runId);
      ended += 1;
      if (ended % 50 === 0) say(`${ended} of ${rounds} runs, ${secondsSince(began)} s`);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return accepted;
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
  about: 'runs while worker and Redis are killed at random: each ends exactly once',
  rounds: 1_000,
  run,
};
