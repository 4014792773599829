import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Parts } from '../../parts.js';

const PERSONS = ['author', 'reviewer', 'admin'] as const;

export type Person = (typeof PERSONS)[number];

export interface Act {
  readonly path: string;
  readonly as: Person;
  readonly body?: object;
}

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** The revision that it names; null without one. */
  readonly etag: bigint | null;
}

type Request = Act & { readonly method?: 'GET' | 'POST'; readonly key?: string };
export type Send = (request: Request) => Promise<Answer>;

const TRIES = 200;
const AGAIN_MS = 100;

/** Sends as people do whose API is killed: the same request, with the same key, until it is answered. */
export async function openSender({ apiUrl, stateDir }: Pick<Parts, 'apiUrl' | 'stateDir'>): Promise<Send> {
  const keys = new Map<Person, string>();
  for (const person of PERSONS) {
    keys.set(person, (await readFile(path.join(stateDir, 'credentials', person), 'utf8')).trim());
  }
  return async (request) => {
    const { url, init } = httpOf(apiUrl, request, keys.get(request.as) ?? '');
    for (let tries = 1; ; tries += 1) {
      try {
        const answer = await fetch(url, init);
        const body = (await answer.json()) as Answer['body'];
        if (answer.status !== 503 || tries === TRIES)
          return { status: answer.status, body, etag: etagOf(answer) };
      } catch (error) {
        if (tries === TRIES) throw error;
      }
      await pause(AGAIN_MS);
    }
  };
}

function httpOf(apiUrl: string, { path: where, body = {}, method = 'POST', key }: Request, secret: string) {
  const headers: Record<string, string> = { Authorization: `Bearer ${secret}` };
  if (method === 'POST') headers['Content-Type'] = 'application/json';
  if (key !== undefined) headers['Idempotency-Key'] = key;
  const init = { method, headers, ...(method === 'POST' && { body: JSON.stringify(body) }) };
  return { url: apiUrl + where, init };
}

function etagOf({ headers }: Response): bigint | null {
  const etag = headers.get('etag');
  return etag === null ? null : BigInt(etag.replaceAll('"', ''));
}
