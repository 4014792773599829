import { headers } from '@stemma/contracts';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Failure } from '../failure.js';
import { apiAway, failureOfAnswer, notOurs } from './call-failure.js';
import type { ApiAddress } from './find-api-url.js';
import type { PositionMemory } from './remember-position.js';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** Below the address of the API, its variable parts already escaped. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it stands. */
  readonly bytes?: ReadableStream<Uint8Array>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses besides 2xx that are answers, not refusals. */
  readonly alsoFine?: readonly number[];
}

export interface Caller {
  readonly address: ApiAddress;
  /** Called only when a credential is needed. */
  readonly key: (() => string) | undefined;
  readonly memory: PositionMemory;
  readonly idempotencyKey: string | undefined;
  readonly signal: AbortSignal;
}

const WAIT_FOR_VISIBILITY_MS = 10_000;
const ANSWER_WITHIN_MS = 60_000;

function urlOf({ url }: ApiAddress, { path, query = {} }: ApiRequest): URL {
  const full = new URL(`${url}${path}`);
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value ?? []].flat()) full.searchParams.append(name, String(one));
  }
  return full;
}

function headersOf(caller: Caller, request: ApiRequest, repeatWith: string | undefined): Headers {
  const sent = new Headers({ accept: 'application/json', ...request.headers });
  if (caller.key !== undefined) sent.set('authorization', `Bearer ${caller.key()}`);
  if (request.json !== undefined) sent.set('content-type', 'application/json');
  if (request.bytes !== undefined) sent.set('content-type', 'application/octet-stream');
  if (repeatWith !== undefined) sent.set(headers.idempotencyKey, repeatWith);
  const token = request.method === 'GET' ? caller.memory.recall() : undefined;
  if (token !== undefined) sent.set(headers.minPosition, token);
  return sent;
}

function bodyOf({ json, bytes }: ApiRequest): Pick<RequestInit, 'body' | 'duplex'> {
  if (bytes !== undefined) return { body: bytes, duplex: 'half' };
  return json === undefined ? {} : { body: JSON.stringify(json) };
}

/** Whether a second try of a query can go better, and after how many milliseconds. */
function retryAfterMs(failure: Failure, response: Response, memory: PositionMemory): number | undefined {
  if (failure.problem.code === 'other-log') {
    memory.forget();
    return 0;
  }
  if (failure.problem.code !== 'not-yet-visible') return undefined;
  const seconds = Number(response.headers.get('retry-after') ?? '1');
  return Number.isFinite(seconds) ? Math.max(50, seconds * 1_000) : 1_000;
}

async function sendOnce(caller: Caller, request: ApiRequest): Promise<Response> {
  const repeatWith = request.method === 'GET' ? undefined : (caller.idempotencyKey ?? randomUUID());
  const headersSent = headersOf(caller, request, repeatWith);
  try {
    return await fetch(urlOf(caller.address, request), {
      method: request.method,
      headers: headersSent,
      redirect: 'error',
      signal: caller.signal,
      ...bodyOf(request),
    });
  } catch (error) {
    throw apiAway(caller.address, error, repeatWith);
  }
}

/**
 * The answer of the API, whose body is not yet read.
 *
 * @throws Failure when the API is away, is no API, or refuses
 */
export async function sendRequest(caller: Caller, request: ApiRequest): Promise<Response> {
  const deadline = performance.now() + WAIT_FOR_VISIBILITY_MS;
  for (;;) {
    const response = await sendOnce(caller, request);
    const token = response.headers.get(headers.position);
    if (token !== null) caller.memory.keep(token);
    if (response.ok || request.alsoFine?.includes(response.status) === true) return response;
    const failure = failureOfAnswer(response.status, await response.text(), caller.address);
    const again = request.method === 'GET' ? retryAfterMs(failure, response, caller.memory) : undefined;
    if (again === undefined || performance.now() + again > deadline) throw failure;
    await pause(again, undefined, { signal: caller.signal });
  }
}

/**
 * The JSON of the answer.
 *
 * @throws Failure as `sendRequest`, and when the answer is not JSON
 */
export async function callApi(caller: Caller, request: ApiRequest): Promise<unknown> {
  const limited = {
    ...caller,
    signal: AbortSignal.any([caller.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
  };
  const response = await sendRequest(limited, request);
  const text = await response.text().catch((error: unknown) => {
    throw apiAway(caller.address, error);
  });
  try {
    return JSON.parse(text);
  } catch {
    throw notOurs(caller.address.url, `status ${response.status} without JSON`);
  }
}
