import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { startTestApi, type TestApi } from './api.fixtures.js';

let system: TestApi;
beforeAll(async () => {
  system = await startTestApi({
    env: {
      STEMMA_RECEIVE_SECONDS: '2',
      STEMMA_TENANT_LIMIT: '600/60',
      STEMMA_PUBLIC_URL: 'https://stemma.example.org',
      STEMMA_CORS_ORIGINS: 'https://console.example.org',
    },
  });
});
afterAll(() => system.close());

describe('the metrics of the API', () => {
  it('count requests by operation and status, and those without a credential', async () => {
    await system.call('GET', '/v1/whoami');
    await system.call('GET', '/v1/whoami', { as: null });
    await system.call('GET', '/v1/no-such-thing');
    const { text, headers } = await system.call('GET', '/metrics', { as: null });
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text).toMatch(/^stemma_http_requests_total\{operation="whoAmI",status="200"\} \d+$/m);
    expect(text).toMatch(/^stemma_http_requests_total\{operation="whoAmI",status="401"\} 1$/m);
    expect(text).toMatch(/^stemma_http_requests_total\{operation="other",status="404"\} 1$/m);
    expect(text).toMatch(/^stemma_http_request_seconds_count\{operation="whoAmI"\} \d+$/m);
    expect(text).toMatch(/^stemma_http_unauthenticated_total 1$/m);
  });

  it('are for this machine alone while no token is set, whatever key is shown', async () => {
    const forwarded = await system.call('GET', '/metrics', {
      as: 'admin',
      headers: { 'X-Forwarded-For': '127.0.0.1' },
    });
    expect(forwarded).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });
});

interface Heard {
  readonly text: string;
  /** Milliseconds until the server closed the connection. */
  readonly afterMs: number;
}

/** Writes these lines and then nothing more, and listens until the server hangs up. */
function sayOnly(text: string): Promise<Heard> {
  const { hostname, port } = new URL(system.url);
  const began = performance.now();
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.setEncoding('latin1').on('data', (chunk: string) => (heard += chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve({ text: heard, afterMs: performance.now() - began }));
  });
}

const lines = (...of: readonly string[]): string => of.map((line) => `${line}\r\n`).join('');

describe('A1 a body', () => {
  const announced = (path: string, authorization: string, length = 1_000_000_000) =>
    lines(
      `POST ${path} HTTP/1.1`,
      'Host: x',
      `Authorization: ${authorization}`,
      'Content-Type: application/json',
      `Content-Length: ${length}`,
      '',
      '{"slug":',
    );

  it.each([
    ['nobody', '/v1/scripts', 'Bearer x', 401],
    ['nobody, on the way to the files', '/v1/files', 'Bearer x', 401],
    ['nobody, on the way to nothing', '/v1/nothing', 'Bearer x', 404],
  ])('is not read from %s: the answer comes on the headers, and the connection is closed', async (...row) => {
    const [, path, authorization, status] = row;
    const { text, afterMs } = await sayOnly(announced(path, authorization));
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(text).toContain('application/problem+json');
    expect(afterMs).toBeLessThan(1_500);
  });

  it('is not read from somebody who may not do that, either', async () => {
    const key = await system.keyOf('reviewer');
    const { text, afterMs } = await sayOnly(announced('/v1/scripts', `Bearer ${key}`));
    expect(text).toMatch(/^HTTP\/1\.1 403 /);
    expect(afterMs).toBeLessThan(1_500);
  });

  it('of two megabytes with a wrong key is answered all the same', async () => {
    for (let round = 0; round < 5; round += 1) {
      const answer = await system.call('POST', '/v1/scripts', { as: null, body: 'x'.repeat(2_000_000) });
      expect(answer.status).toBe(401);
    }
  });
});

describe('an answer', () => {
  it('is data: nothing in it is run, framed, guessed at or kept; and it does not say what made it', async () => {
    const answers = [
      await system.call('GET', '/v1/whoami'),
      await system.call('GET', '/v1/whoami', { as: null }),
      await system.call('GET', '/v1/nothing'),
      await system.call('GET', '/health/ready', { as: null }),
    ];
    for (const { headers } of answers) {
      expect(Object.fromEntries(headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'referrer-policy': 'no-referrer',
        'strict-transport-security': 'max-age=31536000; includeSubDomains',
      });
      expect([headers.get('x-powered-by'), headers.get('server')]).toEqual([null, null]);
    }
    const page = await system.call('GET', '/docs', { as: null });
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self';");
    expect(page.text).not.toMatch(/<script(?![^>]*src=)[^>]*>[^<]/);
  });

  it('may be read by pages of the named origins, and by no others', async () => {
    const asked = { 'Access-Control-Request-Method': 'POST' };
    const from = (origin: string, method = 'GET', more = {}) =>
      system.call(method, '/v1/whoami', { headers: { Origin: origin, ...more } });
    const good = 'https://console.example.org';
    expect((await from(good)).headers.get('access-control-allow-origin')).toBe(good);
    const preflight = await from(good, 'OPTIONS', asked);
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('Authorization');
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
    for (const origin of ['https://console.example.org.evil.org', 'http://console.example.org', 'null']) {
      const answer = await from(origin);
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, null]);
      expect((await from(origin, 'OPTIONS', asked)).status).toBe(404);
    }
  });

  it('goes on with the trace of its caller, into the metadata of the events too', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
    const body = { slug: 'traced', details: { name: 'Traced' } };
    const made = await system.call('POST', '/v1/scripts', { body, headers: { traceparent } });
    expect(made.status).toBe(201);
    expect(made.headers.get('traceresponse')).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
    let metadata: unknown;
    for await (const event of system.store.readAll({ direction: 'backwards', limit: 1 }))
      metadata = event.metadata;
    expect(metadata).toMatchObject({
      traceparent,
      correlationId: traceId,
      causationId: made.headers.get('request-id'),
    });
    expect(system.logged()).toContain(`"traceId":"${traceId}"`);
    for (const none of [
      'x',
      `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
      `ff-${traceId}-00f067aa0ba902b7-01`,
    ]) {
      const answer = await system.call('GET', '/v1/whoami', { headers: { traceparent: none } });
      expect([answer.status, answer.headers.get('traceresponse')]).toEqual([200, null]);
    }
  });
});

describe('slow clients', () => {
  it('hold nobody up, and are told so and cut off after the time the settings give', async () => {
    const key = await system.keyOf('author');
    const slowHeaders = lines('GET /v1/whoami HTTP/1.1', 'Host: x').slice(0, -1);
    const slowBody = lines(
      'POST /v1/scripts HTTP/1.1',
      'Host: x',
      `Authorization: Bearer ${key}`,
      'Content-Type: application/json',
      'Content-Length: 100',
      '',
      '{"slug":',
    );
    const slow = Array.from({ length: 200 }, (_, index) => sayOnly(index % 2 ? slowHeaders : slowBody));
    for (let request = 0; request < 50; request += 1) {
      const began = performance.now();
      expect((await system.call('GET', '/v1/whoami')).status).toBe(200);
      expect(performance.now() - began).toBeLessThan(1_000);
    }
    for (const { text, afterMs } of await Promise.all(slow)) {
      expect(text).toMatch(/^HTTP\/1\.1 408 /);
      expect(afterMs).toBeGreaterThan(1_500);
      expect(afterMs).toBeLessThan(8_000);
    }
  }, 20_000);
});

describe('what is too long', () => {
  it.each([
    ['a URL', 414, { path: `/v1/scripts?cursor=${'x'.repeat(5_000)}`, headers: [] }],
    ['the headers together', 431, { path: '/v1/whoami', headers: [`X-Big: ${'x'.repeat(17_000)}`] }],
    [
      'the list of headers',
      431,
      { path: '/v1/whoami', headers: Array.from({ length: 120 }, (_, index) => `X-${index}: 1`) },
    ],
  ])('is refused: %s', async (_what, status, { path, headers }) => {
    const { text } = await sayOnly(
      lines(`GET ${path} HTTP/1.1`, 'Host: x', 'Connection: close', ...headers, ''),
    );
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(text).toContain('application/problem+json');
  });
});

describe('A8 a secret', () => {
  const canary = (name: string): string => `canary${name}${'c4n4ry'.repeat(6)}`;
  const jwt = (name: string): string =>
    `eyJhbGciOiJub25lIn0.${Buffer.from(canary(name)).toString('base64url')}.x`;

  it('that callers send by whatever way stands in no log line, no event and no error body', async () => {
    const told: string[] = [];
    const send = async (method: string, path: string, options: Parameters<TestApi['call']>[2]) =>
      void told.push((await system.call(method, path, options)).text);
    const shown = (Authorization: string) => ({ as: null, headers: { Authorization } });
    await send('GET', '/v1/whoami', shown(`Bearer stm_nobody_${canary('key')}`));
    await send('GET', '/v1/whoami', shown(`Bearer ${canary('token')}`));
    await send('GET', '/v1/whoami', shown(`Basic ${canary('basic')}`));
    await send('GET', '/v1/whoami', shown(`Bearer ${jwt('jwt')}`));
    await send('GET', '/v1/whoami', { headers: { Cookie: `session=${canary('cookie')}` } });
    await send('GET', '/v1/whoami', { headers: { 'X-Api-Key': canary('header') } });
    await send('GET', `/v1/whoami?token=${canary('query')}`, {});
    await send('GET', `/v1/scripts?password=${canary('password')}`, {});
    await send('POST', '/v1/scripts', { body: `{"slug":"${canary('broken')}` });
    await send('POST', '/v1/scripts', {
      body: { slug: 'leak', details: { name: 7 }, secret: canary('field') },
    });
    await send('POST', '/v1/scripts', { as: null, body: { slug: canary('unread') } });
    await send('POST', '/v1/scripts', { body: { slug: 'leaky', details: { name: 'Leaky' } } });
    await send('POST', '/v1/scripts/leaky/versions', {
      body: { baseNumber: 0, content: { runtime: 'python', source: `key = '${canary('source')}'` } },
    });
    await send('GET', '/metrics', shown(`Bearer ${canary('metrics')}`));
    const keys = await Promise.all(['author', 'reviewer', 'admin'].map((person) => system.keyOf(person)));
    const secrets = keys.map((key) => key.split('_').slice(2).join('_'));
    const events: unknown[] = [];
    for await (const event of system.store.readAll({})) {
      if (!event.stream.startsWith('content-')) events.push(event.data, event.metadata);
    }
    const sinks = { log: system.logged(), events: JSON.stringify(events), answers: told.join('\n') };
    const wanted = ['c4n4ry', jwt('jwt'), ...secrets];
    const found = Object.entries(sinks).flatMap(([sink, text]) =>
      wanted.filter((secret) => text.includes(secret)).map((secret) => `${sink}: ${secret.slice(0, 6)}`),
    );
    expect(found).toEqual([]);
    expect(sinks.log.length).toBeGreaterThan(1_000);
    expect(sinks.events).toContain('Leaky');
  });
});

describe('the limits', () => {
  it('are told with each answer, and refuse with Retry-After whoever goes beyond them', async () => {
    const { headers } = await system.call('GET', '/v1/whoami');
    expect(headers.get('ratelimit-policy')).toBe('"actor";q=50000;w=10, "tenant";q=600;w=60');
    expect(headers.get('ratelimit')).toMatch(/^"tenant";r=\d+;t=\d+$/);
    const answers = [];
    while (answers.at(-1)?.status !== 429 && answers.length < 1_500) {
      const calls = Array.from({ length: 50 }, () => system.call('GET', '/v1/whoami', { as: 'reviewer' }));
      answers.push(...(await Promise.all(calls)));
    }
    const refused = answers.find(({ status }) => status === 429);
    expect(refused).toMatchObject({ body: { code: 'rate-limited', limit: 'tenant' } });
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused?.headers.get('ratelimit')).toMatch(/^"tenant";r=0;/);
    const open = await system.call('GET', '/health/live', { as: null });
    expect([open.status, open.headers.get('ratelimit')]).toEqual([200, null]);
  }, 30_000);
});
