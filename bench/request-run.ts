import { randomUUID } from 'node:crypto';
import { firstLine } from './follow-run.js';
import type { Rest } from './rest.js';

/** In Node; answers with its slug. */
export async function createScript(rest: Rest, code: string): Promise<string> {
  const slug = `bench-run-${randomUUID().slice(0, 8)}`;
  await rest.call({ method: 'POST', path: '/v1/scripts', body: { slug, details: { name: slug } } });
  const body = { baseNumber: 0, content: { runtime: 'node', source: code } };
  await rest.call({ method: 'POST', path: `/v1/scripts/${slug}/versions`, body });
  return slug;
}

/** Answers with the id of the run, in the sandbox. */
export async function requestRun(rest: Rest, slug: string, more: object = {}): Promise<string> {
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
export async function firstOutput({ rest, url, key, slug }: Asking, more: object = {}): Promise<Seen> {
  const asked = performance.now();
  const runId = await requestRun(rest, slug, more);
  const seen = await firstLine(url, key, runId);
  return { ms: seen - asked, runId };
}

export interface Asking {
  readonly rest: Rest;
  readonly url: string;
  readonly key: string;
  readonly slug: string;
}
