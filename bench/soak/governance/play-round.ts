import type { StoredScriptEvent } from '@stemma/domain';
import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Parts } from '../../parts.js';
import type { Told } from './judge-round.js';
import type { Act, Answer, Send } from './send.js';

const CLIENTS = 50;

export interface RoundOptions {
  readonly slug: string;
  readonly turns: number;
  /** Whether the API is killed in this turn. */
  readonly kills: (turn: number) => boolean;
}

export interface Round {
  readonly history: readonly StoredScriptEvent[];
  readonly told: readonly Told[];
  readonly crashes: number;
}

/** Fifty clients create one script and then work on its newest version, all at once, turn by turn. */
export async function playRound(parts: Parts, send: Send, options: RoundOptions): Promise<Round> {
  const { slug, turns, kills } = options;
  const told = await atOnce((client) => creating(send, slug, client));
  let crashes = 0;
  for (let turn = 0; turn < turns; turn += 1) {
    const newest = (await readHistory(send, slug)).filter(({ type }) => type === 'DraftCreated').length;
    const crash = kills(turn) ? crashSoon(parts) : undefined;
    told.push(...(await atOnce((client) => attempt(send, actsOn(slug, newest), turn, client))));
    await crash;
    if (crash) crashes += 1;
  }
  return { history: await readHistory(send, slug), told, crashes };
}

const atOnce = (act: (client: number) => Promise<Told>): Promise<Told[]> =>
  Promise.all(Array.from({ length: CLIENTS }, (_, client) => act(client)));

async function crashSoon(parts: Parts): Promise<void> {
  await pause(randomInt(60));
  await parts.crash('api');
}

/** Two in three share their key: they are one command, repeated. */
const keyOf = (what: string, client: number): string =>
  `${what} ${client % 3 === 0 ? client : 'shared'}`.replaceAll(/[^a-z0-9]+/g, '-');

async function creating(send: Send, slug: string, client: number): Promise<Told> {
  const key = keyOf(`create ${slug}`, client);
  const body = { slug, details: { name: slug } };
  return toldOf(key, await send({ path: '/v1/scripts', as: 'author', body, key }));
}

/** What they try, when `newest` is the newest version: aimed at the one that the first of them saves. */
function actsOn(slug: string, newest: number): readonly Act[] {
  const script = `/v1/scripts/${slug}`;
  const version = `${script}/versions/${newest + 1}`;
  const content = { runtime: 'node', source: `export const run = () => ${newest}` };
  return [
    { path: `${script}/versions`, as: 'author', body: { baseNumber: newest, content } },
    { path: `${version}/submit`, as: 'author' },
    { path: `${version}/approve`, as: 'reviewer' },
    { path: `${version}/publish`, as: 'reviewer' },
    { path: `${script}/list`, as: 'reviewer' },
    { path: `${script}/versions/${newest}/archive`, as: 'reviewer' },
    { path: `${script}/disable`, as: 'reviewer' },
    { path: `${script}/enable`, as: 'reviewer' },
    { path: `${script}/prune`, as: 'admin', body: { maxVersions: 1 } },
    { path: `${script}/rollback`, as: 'reviewer', body: { number: 1, baseNumber: newest + 1 } },
  ];
}

/** A little apart, so that a life gets somewhere; all of one kind still come at once. */
async function attempt(send: Send, acts: readonly Act[], turn: number, client: number): Promise<Told> {
  const act = acts[client % acts.length] as Act;
  const key = keyOf(`${act.path} ${turn}`, client);
  await pause((client % acts.length) * 8);
  return toldOf(key, await send({ ...act, key }));
}

function toldOf(key: string, { status, body, etag }: Answer): Told {
  return { key, status, changed: body['changed'] === true, revision: etag };
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

async function readHistory(send: Send, slug: string): Promise<readonly StoredScriptEvent[]> {
  const { body } = await send({ method: 'GET', path: `/v1/scripts/${slug}/history?limit=200`, as: 'author' });
  const { items, next } = body as unknown as HistoryPage;
  if (next !== undefined && next !== null) throw new Error(`${slug} has more events than this soak reads`);
  return items.map(({ commandId, revision, ...event }) => ({
    ...event,
    revision: BigInt(revision),
    metadata: { commandId },
  }));
}
