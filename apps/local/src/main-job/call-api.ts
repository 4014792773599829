import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** The principals that the first start makes, each with its key in a file. */
export type Person = 'author' | 'reviewer';

export interface Call {
  readonly as: Person;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  /** The same key is the same command: sent twice it is done once. */
  readonly idempotencyKey?: string;
}

export interface Answer {
  readonly body: unknown;
  /** It had been done before, and this is the answer of that time. */
  readonly replayed: boolean;
}

/** Sends one request; queries see at least what the last command did. */
export type CallApi = (call: Call) => Promise<Answer>;

/** The API refused; `code` is its stable name for why, the message says what to do. */
export class Refused extends Error {
  override readonly name = 'Refused';
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

interface ProblemBody {
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
}

function refusal(status: number, body: unknown): Refused {
  const { code = `http-${status}`, title = `HTTP ${status}`, detail = '' } = (body ?? {}) as ProblemBody;
  return new Refused(code, `${title} (${status}). ${detail}`.trim());
}

/** Calls the API at `apiUrl` with the keys in `credentialsDir`. */
export function openApi(apiUrl: string, credentialsDir: string, signal: AbortSignal): CallApi {
  let position: string | undefined;
  const keyOf = (person: Person): string => readFileSync(join(credentialsDir, person), 'utf8').trim();
  const headersOf = ({ as, method, body, idempotencyKey }: Call): Headers => {
    const headers = new Headers({ authorization: `Bearer ${keyOf(as)}`, accept: 'application/json' });
    if (body !== undefined) headers.set('content-type', 'application/json');
    if (idempotencyKey !== undefined) headers.set('idempotency-key', idempotencyKey);
    if (method === 'GET' && position !== undefined) headers.set('stemma-min-position', position);
    return headers;
  };
  const send = async (call: Call): Promise<Response> => {
    const response = await fetch(`${apiUrl}${call.path}`, {
      method: call.method,
      headers: headersOf(call),
      signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]),
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
    if (call.method === 'POST') position = response.headers.get('stemma-position') ?? position;
    return response;
  };
  return async (call) => {
    const deadline = performance.now() + 30_000;
    for (;;) {
      const response = await send(call);
      const body: unknown = await response.json();
      if (response.ok) return { body, replayed: response.headers.get('idempotent-replayed') === 'true' };
      if (response.status !== 503 || performance.now() > deadline) throw refusal(response.status, body);
      await pause(200, undefined, { signal });
    }
  };
}
