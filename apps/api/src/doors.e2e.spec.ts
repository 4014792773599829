import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { problemKinds, problemSchema } from '@stemma/contracts';
import { connect } from 'node:net';
import { content, startTestApi, type TestApi } from './api.fixtures.js';
import { describeApi } from './describe-api.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await api.call('POST', '/v1/scripts', { body: { slug: 'sales', details: { name: 'Sales' } } });
  await api.call('POST', '/v1/scripts/sales/versions', {
    body: { baseNumber: 0, content: content('secret') },
  });
}, 60_000);
afterAll(() => api.close(), 30_000);

/** One request exactly as written: fetch would tidy the path up. */
function raw(lines: readonly string[], body = ''): Promise<string> {
  const { hostname, port } = new URL(api.url);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => {
      socket.write([...lines, 'Host: x', 'Connection: close', '', body].join('\r\n'));
    });
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
    socket.on('close', () => resolve(text)).on('error', reject);
  });
}

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);

describe('A1 the doors', () => {
  it('are closed to everybody without a credential, but for these', async () => {
    const open: string[] = [];
    for (const [path, methods] of Object.entries((await describeApi()).paths)) {
      for (const method of Object.keys(methods)) {
        const target = path.replace('{slug}', 'sales').replace('{number}', '1');
        const { status } = await api.call(method.toUpperCase(), target, { as: null });
        if (status !== 401) open.push(`${method.toUpperCase()} ${path}`);
      }
    }
    expect(open).toEqual(['GET /health/live', 'GET /health/ready']);
  });

  it.each([
    '/v1/scripts/sales/',
    '//v1/scripts/sales',
    '/v1//scripts/sales',
    '/v1/scripts//sales',
    '/V1/Scripts/sales',
    '/v1/scripts/sales;x=1',
    '/v1/scripts;x/sales',
    '/v1/scripts%2Fsales',
    '/v1%2Fscripts%2Fsales',
    '/v1/./scripts/sales',
    '/v1/x/../scripts/sales',
    '/v1/%2e/scripts/sales',
    '/v1/x/%2e%2e/scripts/sales',
    '/v1/scripts/sales%00',
    '/v1/scripts/sales%20',
    '/v1/scripts/sales?_method=GET',
    '/v1/scripts/sales/versions/1/content/',
    '/v1/scripts/sales/versions/%31/content',
    '/v1/scripts/s%61les',
    'http://x/v1/scripts/sales',
    'http://x//v1/scripts/sales',
    '*v1/scripts/sales',
    '/docs/../v1/scripts/sales',
    '/health/live/../../v1/scripts/sales',
    '/health/live%2f..%2f..%2fv1%2fscripts%2fsales',
  ])('open no further in an odd spelling: %s', async (target) => {
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST', 'PATCH']) {
      const answer = await raw([
        `${method} ${target} HTTP/1.1`,
        ...(method === 'POST' ? ['Content-Length: 0'] : []),
      ]);
      expect([400, 401, 404]).toContain(statusOf(answer));
      expect(answer).not.toContain('secret');
    }
  });

  it('open no further for a method in a header or a query', async () => {
    for (const name of [
      'X-HTTP-Method-Override',
      'X-Method-Override',
      'X-HTTP-Method',
      'X-Original-URL',
      'X-Rewrite-URL',
    ]) {
      const answer = await raw(['GET /v1/scripts/sales HTTP/1.1', `${name}: /health/live`]);
      expect(statusOf(answer)).toBe(401);
    }
  });

  it('take HEAD as they take GET', async () => {
    expect((await api.call('HEAD', '/v1/scripts/sales')).status).toBe(200);
    expect((await api.call('HEAD', '/v1/scripts/sales', { as: null })).status).toBe(401);
  });

  it('take no other person, tenant or role from any header', async () => {
    const headers = {
      'X-Tenant-Id': 'x',
      'X-User': 'admin',
      'X-Roles': 'admin',
      'X-Forwarded-User': 'admin',
    };
    const { body } = await api.call('GET', '/v1/whoami', { headers });
    expect(body).toMatchObject({ person: 'author', roles: ['author'] });
  });
});

describe('what is no usable HTTP', () => {
  it.each([
    ['an escape that is none', ['GET /v1/scripts/%zz HTTP/1.1']],
    ['a request line that is none', ['GARBAGE']],
    ['headers that are too large', ['GET /health/live HTTP/1.1', `X-Big: ${'x'.repeat(20_000)}`]],
    ['a length that is none', ['POST /v1/scripts HTTP/1.1', 'Content-Length: x']],
    ['two lengths', ['POST /v1/scripts HTTP/1.1', 'Content-Length: 1', 'Content-Length: 2']],
    ['length and chunks', ['POST /v1/scripts HTTP/1.1', 'Content-Length: 1', 'Transfer-Encoding: chunked']],
    ['a parameter that is too long', [`GET /v1/scripts/${'x'.repeat(500)} HTTP/1.1`]],
  ])('is answered with a problem: %s', async (_what, lines) => {
    const answer = await raw(lines);
    expect(answer).toMatch(/content-type: application\/problem\+json/i);
    const problem = problemSchema.parse(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)));
    expect(problem.status).toBe(statusOf(answer));
    expect(statusOf(answer)).toBeGreaterThanOrEqual(400);
    expect(statusOf(answer)).toBeLessThan(500);
  });
});

describe('the public pages', () => {
  it('say what to do about each problem', async () => {
    for (const [code, { title }] of Object.entries(problemKinds)) {
      const page = await api.call('GET', `/problems/${code}`, { as: null });
      expect(page.status).toBe(200);
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(page.text).toContain(title.slice(0, 10));
    }
    expect((await api.call('GET', '/problems', { as: null })).text).toContain('/problems/four-eyes');
    expect((await api.call('GET', '/problems/constructor', { as: null })).status).toBe(404);
  });

  it('A7 show the API: a page to read and its document', async () => {
    const page = await api.call('GET', '/docs', { as: null });
    expect(page.text).toContain('swagger-ui');
    expect((await api.call('GET', '/docs/swagger-ui-bundle.js', { as: null })).status).toBe(200);
    const document = await api.call('GET', '/docs/openapi.json', { as: null });
    expect(document.body).toMatchObject({ openapi: '3.1.0', info: { title: 'Stemma' } });
  });

  it('say what the process stands on', async () => {
    const ready = await api.call('GET', '/health/ready', { as: null });
    expect(ready.status).toBe(200);
    expect(ready.body).toMatchObject({
      status: 'ready',
      parts: { eventStore: { ok: true }, readModel: { ok: true }, identities: { ok: true } },
    });
    expect((await api.call('GET', '/health/live', { as: null })).body).toEqual({ status: 'live' });
  });
});
