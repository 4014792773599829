import { type Acknowledged, judgeScriptHistory } from '@stemma/domain';
import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Parts, startParts } from '../parts.js';
import type { Found, Soak } from './soak.js';

const CLIENTS = 50;
const TURNS = 6;
/** How often the API is killed: once in so many turns. */
const KILLED_ONCE_IN = 3;

type Person = 'author' | 'reviewer' | 'admin';

interface Act {
  readonly path: string;
  readonly as: Person;
  readonly body?: object;
}

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Headers;
}

type Send = (act: Act & { readonly method?: 'GET' | 'POST'; readonly key?: string }) => Promise<Answer>;

/** The long form of `apps/api/src/concurrency.e2e.spec.ts`, with the API killed under its clients. */
export const governance: Soak = {
  about: 'fifty clients on one script, the API killed under them; the history is judged afterwards',
  rounds: 20,
  async run({ rounds, say }) {
    const parts = await startParts(undefined);
    try {
      const send = await sender(parts);
      const found = { commands: 0, acknowledged: 0, crashes: 0, faults: [] as string[] };
      for (let round = 1; round <= rounds; round += 1) {
        await playRound(parts, send, `storm-${round}`, found);
        say(`round ${round} of ${rounds}: ${found.acknowledged} acknowledged, ${found.faults.length} faults`);
      }
      return { rounds, ...found } satisfies Found;
    } finally {
      await parts.stop();
    }
  },
};

interface Counting {
  commands: number;
  acknowledged: number;
  crashes: number;
  readonly faults: string[];
}

async function playRound(parts: Parts, send: Send, slug: string, found: Counting): Promise<void> {
  await send({ path: '/v1/scripts', as: 'author', body: { slug, details: { name: slug } }, key: slug });
  const acknowledged: Acknowledged[] = [];
  for (let turn = 0; turn < TURNS; turn += 1) {
    const crash = randomInt(KILLED_ONCE_IN) === 0 ? crashSoon(parts) : undefined;
    const told = await Promise.all(
      Array.from({ length: CLIENTS }, (_, client) => attempt(send, slug, turn, client)),
    );
    await crash;
    if (crash) found.crashes += 1;
    found.commands += told.length;
    for (const { key, answer } of told) {
      if (answer.status >= 500) found.faults.push(`${slug}: ${key} was answered with ${answer.status}`);
      if (answer.body['changed'] === true) acknowledged.push({ key, revision: revisionOf(answer) });
    }
  }
  found.acknowledged += acknowledged.length;
  const faults = judgeScriptHistory(await readHistory(send, slug), firstOfEach(acknowledged));
  found.faults.push(...faults.map((fault) => `${slug}: ${JSON.stringify(fault)}`));
}

const revisionOf = ({ headers }: Answer): bigint => BigInt(headers.get('etag')?.replaceAll('"', '') ?? '-1');

/** A repeated key is answered as the first time: all its answers must name one revision, and the judge is told of it once. */
function firstOfEach(acknowledged: readonly Acknowledged[]): readonly Acknowledged[] {
  const known = new Map<string, Acknowledged>();
  for (const one of acknowledged) {
    const first = known.get(`${one.key} ${one.revision}`) ?? one;
    known.set(`${one.key} ${one.revision}`, first);
  }
  return [...known.values()];
}

async function crashSoon(parts: Parts): Promise<void> {
  await pause(randomInt(60));
  await parts.crash('api');
}

/** What the clients try on a script in a turn, most of them the same things: two in three share their key. */
async function attempt(
  send: Send,
  slug: string,
  turn: number,
  client: number,
): Promise<{ readonly key: string; readonly answer: Answer }> {
  const script = `/v1/scripts/${slug}`;
  const version = `${script}/versions/${turn + 1}`;
  const content = { runtime: 'node', source: `export const run = () => ${turn}` };
  const acts: readonly Act[] = [
    { path: `${script}/versions`, as: 'author', body: { baseNumber: turn, content } },
    { path: `${version}/submit`, as: 'author' },
    { path: `${version}/approve`, as: 'reviewer' },
    { path: `${version}/publish`, as: 'reviewer' },
    { path: `${script}/list`, as: 'reviewer' },
    { path: `${version}/archive`, as: 'reviewer' },
    { path: `${script}/disable`, as: 'reviewer' },
    { path: `${script}/enable`, as: 'reviewer' },
    { path: `${script}/prune`, as: 'admin', body: { maxVersions: 1 } },
    { path: `${script}/rollback`, as: 'reviewer', body: { number: 1, baseNumber: turn + 1 } },
  ];
  const act = acts[client % acts.length] as Act;
  const key = `${act.path} ${turn} ${client % 3 === 0 ? client : 'shared'}`.replaceAll(/[^a-z0-9]+/g, '-');
  await pause((client % acts.length) * 4);
  return { key, answer: await send({ ...act, key }) };
}

/** Sends as people do whose API is killed: the same request, with the same key, until it is answered. */
async function sender({ apiUrl, stateDir }: Parts): Promise<Send> {
  const keyOf = async (person: Person) =>
    (await readFile(path.join(stateDir, 'credentials', person), 'utf8')).trim();
  const keys = {
    author: await keyOf('author'),
    reviewer: await keyOf('reviewer'),
    admin: await keyOf('admin'),
  };
  return async ({ path: where, as, body = {}, method = 'POST', key }) => {
    const headers: Record<string, string> = { Authorization: `Bearer ${keys[as]}` };
    if (method === 'POST') headers['Content-Type'] = 'application/json';
    if (key !== undefined) headers['Idempotency-Key'] = key;
    for (let tries = 1; ; tries += 1) {
      try {
        const init = { method, headers, ...(method === 'POST' && { body: JSON.stringify(body) }) };
        const response = await fetch(apiUrl + where, init);
        const answer = (await response.json()) as Answer['body'];
        if (response.status !== 503 || tries === 200) {
          return { status: response.status, body: answer, headers: response.headers };
        }
      } catch (error) {
        if (tries === 200) throw error;
      }
      await pause(100);
    }
  };
}

interface HistoryPage {
  readonly items: readonly {
    readonly type: string;
    readonly data: object;
    readonly revision: string;
    readonly commandId: string;
  }[];
  readonly next?: string | null;
}

async function readHistory(send: Send, slug: string) {
  const { body } = await send({ method: 'GET', path: `/v1/scripts/${slug}/history?limit=200`, as: 'author' });
  const { items, next } = body as unknown as HistoryPage;
  if (next !== undefined && next !== null) throw new Error(`${slug} has more events than this soak reads`);
  return items.map(({ commandId, revision, ...event }) => ({
    ...event,
    revision: BigInt(revision),
    metadata: { commandId },
  }));
}
