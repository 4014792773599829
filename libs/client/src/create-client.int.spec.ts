import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Client, createClient } from './create-client.js';
import { ApiUnreachable, ProblemError } from './problem-error.js';

interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

let server: Server;
let baseUrl: string;
let seen: IncomingMessage[];
let answers: Answer[];
let client: Client;

const script = { slug: 'a', name: 'A' };
const LOG = '0b5c1d1e-0000-4000-8000-000000000001';

beforeEach(async () => {
  [seen, answers] = [[], []];
  server = createServer((request, response) => {
    seen.push(request);
    const { status = 200, headers = {}, body = script } = answers.shift() ?? {};
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = createClient({
    baseUrl: `${baseUrl}/`,
    apiKey: 'stm_k_s',
    patience: { retries: 2, longestWaitMs: 20 },
  });
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const header = (name: string) => seen.map(({ headers }) => headers[name.toLowerCase()]);
const create = (options?: { idempotencyKey: string }) =>
  client.call('createScript', { body: { slug: 'a', details: { name: 'A' } } }, options);

describe('a client', () => {
  it('shows its key, and fills path and query in safely', async () => {
    await client.call('listScripts', { query: { label: ['a', 'b&c'], limit: 2 } });
    await client.call('showScript', { path: { slug: '../x y' } });
    expect(seen.map(({ url }) => url)).toEqual([
      '/v1/scripts?label=a&label=b%26c&limit=2',
      '/v1/scripts/..%2Fx%20y',
    ]);
    expect(header('authorization')).toEqual(['Bearer stm_k_s', 'Bearer stm_k_s']);
  });

  it('reads what it wrote: queries ask for the newest position of any answer', async () => {
    answers = [
      { headers: { 'Stemma-Position': `${LOG}:100` } },
      { headers: { 'Stemma-Position': `${LOG}:99` } },
      {},
    ];
    await create();
    await client.call('showScript', { path: { slug: 'a' } });
    await client.call('showScript', { path: { slug: 'a' } });
    expect(header('stemma-min-position')).toEqual([undefined, `${LOG}:100`, `${LOG}:100`]);
    expect(client.position()).toBe(`${LOG}:100`);
  });

  it('tries again what nobody could answer yet, as the very same command', async () => {
    answers = [
      { status: 503, headers: { 'Retry-After': '1' }, body: {} },
      { status: 503, body: {} },
      { status: 201 },
    ];
    await create();
    expect(seen).toHaveLength(3);
    expect(new Set(header('idempotency-key')).size).toBe(1);
    expect(header('idempotency-key')[0]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('gives two calls two keys, and takes a key of the caller’s', async () => {
    await create();
    await create();
    await create({ idempotencyKey: 'mine' });
    const [one, two, mine] = header('idempotency-key');
    expect(one).not.toBe(two);
    expect(mine).toBe('mine');
  });

  it('tells a refusal as the API said it, and does not repeat it', async () => {
    const problem = {
      type: '/problems/stale-base',
      title: 'There is a newer version',
      status: 409,
      code: 'stale-base',
      detail: 'The newest version is 2, not 1.',
      head: { number: 2 },
    };
    answers = [{ status: 409, body: problem }];
    const refused = await create().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ProblemError);
    expect(refused).toMatchObject({
      code: 'stale-base',
      status: 409,
      errors: [],
      problem: { head: { number: 2 } },
    });
    expect((refused as Error).message).toContain('The newest version is 2');
    expect(seen).toHaveLength(1);
  });

  it('gives up on 503 with what the last answer said', async () => {
    const unavailable = {
      status: 503,
      body: { code: 'unavailable', detail: 'The event store did not answer.' },
    };
    answers = [unavailable, unavailable, unavailable, {}];
    await expect(create()).rejects.toMatchObject({ code: 'unavailable' });
    expect(seen).toHaveLength(3);
  });

  it('tells a page of somebody else’s by its status', async () => {
    answers = [{ status: 502, body: 'Bad gateway' }];
    await expect(create()).rejects.toMatchObject({ code: 'unknown', status: 502 });
  });

  it('says that nobody answers, and where', async () => {
    const gone = createClient({ baseUrl: 'http://127.0.0.1:1', apiKey: 'stm_k_s', patience: { retries: 1 } });
    const failed = gone.call('whoAmI', {});
    await expect(failed).rejects.toBeInstanceOf(ApiUnreachable);
    await expect(failed).rejects.toThrow('http://127.0.0.1:1');
  });

  it('stops at once when it is told to', async () => {
    answers = Array.from({ length: 3 }, () => ({ status: 503, body: {} }));
    const asked = client.call('whoAmI', {}, { signal: AbortSignal.abort(new Error('enough')) });
    await expect(asked).rejects.toThrow('enough');
    expect(seen).toHaveLength(0);
  });
});
