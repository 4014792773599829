import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { problemSchema } from '@stemma/contracts';
import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { content, startTestApi, type TestApi } from './api.fixtures.js';
import { describeApi } from './describe-api.js';
import { fieldsOf, type FuzzRequest, type Operation, operationsOf, requestsTo } from './requests.fixtures.js';

/** Everything here is generated from the declared operations: a new one is included by itself. */
let api: TestApi;
let document: OpenAPIObject;
let operations: readonly Operation[];
const keys = new Map<string, string>();

beforeAll(async () => {
  api = await startTestApi({ env: { STEMMA_ACTOR_LIMIT: 'off', STEMMA_TENANT_LIMIT: 'off' } });
  document = await describeApi();
  operations = operationsOf(document);
  for (const person of ['author', 'admin']) keys.set(person, await api.keyOf(person));
  await api.call('POST', '/v1/scripts', { body: { slug: 'sales', details: { name: 'Sales' } } });
  await api.call('POST', '/v1/scripts/sales/versions', {
    body: { baseNumber: 0, content: content('secret') },
  });
}, 60_000);
afterAll(() => api.close(), 30_000);

const filled = (path: string): string =>
  path
    .replace('{slug}', 'sales')
    .replace('{number}', '1')
    .replace(/\{[^}]+\}/g, '3b241101-e2bb-4255-8caf-4136c566a962');

/** Requests one after another on one connection, exactly as written; gives the status of each. */
async function rawStatuses(requests: readonly (readonly string[])[]): Promise<number[]> {
  const { hostname, port } = new URL(api.url);
  const one = (lines: readonly string[]): Promise<number> =>
    new Promise((resolve, reject) => {
      let text = '';
      const socket = connect(Number(port), hostname, () => {
        socket.write([...lines, 'Host: x', 'Connection: close', '', ''].join('\r\n'));
      });
      socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
      socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]))).on('error', reject);
    });
  const statuses: number[] = [];
  for (let at = 0; at < requests.length; at += 32) {
    statuses.push(...(await Promise.all(requests.slice(at, at + 32).map(one))));
  }
  return statuses;
}

const spellings: Readonly<Record<string, (path: string) => string>> = {
  'a trailing slash': (path) => `${path}/`,
  'a doubled slash': (path) => path.replace('/', '//'),
  'a doubled slash within': (path) => path.replace(/\/(?=[^/]*$)/, '//'),
  'a parameter of the path': (path) => `${path};x=1`,
  'an encoded slash': (path) => path.replace(/\/(?=[^/]*$)/, '%2F'),
  'an encoded dot': (path) => path.replace(/\/(?=[^/]*$)/, '/%2e/'),
  'upper case': (path) => path.toUpperCase(),
  'a dot segment': (path) => path.replace(/\/(?=[^/]*$)/, '/./'),
  'an encoded letter': (path) => path.replace(/.$/, (sign) => `%${sign.charCodeAt(0).toString(16)}`),
  'a zero byte': (path) => `${path}%00`,
};

const overrides = ['X-HTTP-Method-Override', 'X-Method-Override', 'X-HTTP-Method'];

describe('A1 every operation, in every odd spelling, without a credential', () => {
  it('lets nobody in whom it does not let in as it is written', async () => {
    const tried = operations.flatMap(({ id, method, path, access }) => {
      const target = filled(path);
      const odd = Object.entries(spellings).map(([name, spell]) => ({
        name: `${id}: ${name}`,
        lines: [`${method} ${spell(target)} HTTP/1.1`],
        isPublic: access === 'public',
      }));
      const others = ['HEAD', 'OPTIONS'].map((other) => ({
        name: `${id}: ${other}`,
        lines: [`${other} ${target} HTTP/1.1`],
        isPublic: access === 'public',
      }));
      const overridden = overrides.map((header) => ({
        name: `${id}: ${header}`,
        lines: [`GET ${target} HTTP/1.1`, `${header}: ${method}`],
        isPublic: access === 'public',
      }));
      return [...odd, ...others, ...overridden];
    });
    const statuses = await rawStatuses(tried.map(({ lines }) => lines));
    const entered = tried.filter(({ isPublic }, index) => {
      const status = statuses[index] ?? 0;
      return isPublic ? status >= 500 : ![400, 401, 404].includes(status);
    });
    expect(entered.map(({ name }) => name)).toEqual([]);
    expect(tried.length).toBeGreaterThan(500);
  }, 60_000);
});

const OWNED = [
  ...['actor', 'tenantId', 'scriptId', 'versionId', 'createdBy', 'createdAt', 'at', 'commandId', 'state'],
  ...['bodyHash', 'contentHash', 'correlationId', 'causationId', 'release', 'revision', 'position', 'keyId'],
  ...['via', 'person', 'runId', 'attempt', 'status', 'secretHash', 'number', 'roles', 'activeNumber'],
];

const BAD_JSON: Readonly<Record<string, string>> = {
  __proto__: '{"__proto__":{"admin":true}}',
  constructor: '{"constructor":{"prototype":{"admin":true}}}',
  'a doubled name': '{"a":1,"a":2}',
  '1e400': '{"a":1e400}',
  '2^53 + 1': '{"a":9007199254740993}',
  '200 000 levels': '['.repeat(200_000),
  'half a document': '{"a":',
};

const send = (operation: Operation, body: string) =>
  api.api.app.inject({
    method: operation.method as 'POST',
    url: filled(operation.path),
    headers: { authorization: `Bearer ${keys.get('admin')}`, 'content-type': 'application/json' },
    payload: body,
  });

describe('every operation with a body', () => {
  const withBody = () => operations.filter(({ body }) => body !== undefined);

  it('refuses what only the server says', async () => {
    const taken: string[] = [];
    for (const operation of withBody()) {
      const own = fieldsOf(document, operation.body);
      for (const field of OWNED.filter((name) => !own.has(name))) {
        const { statusCode } = await send(operation, JSON.stringify({ [field]: 'x' }));
        if (statusCode !== 400) taken.push(`${operation.id} took ${field}: ${statusCode}`);
      }
    }
    expect(taken).toEqual([]);
  }, 60_000);

  it('A3 A6 refuses what is no usable JSON, and changes nothing by it', async () => {
    const wrong: string[] = [];
    for (const operation of withBody()) {
      for (const [name, body] of Object.entries(BAD_JSON)) {
        const { statusCode } = await send(operation, body);
        if (![400, 413].includes(statusCode)) wrong.push(`${operation.id}, ${name}: ${statusCode}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  }, 60_000);
});

const PLANNED = new Set(['unavailable', 'busy', 'not-yet-visible', 'timeout']);

/** What is wrong with an answer: undefined when it is one that callers can rely on. */
async function faultOf({ operation, url, as, body }: FuzzRequest): Promise<string | undefined> {
  const answer = await api.api.app.inject({
    method: operation.method as 'POST',
    url,
    headers: {
      ...(as !== null && { authorization: `Bearer ${keys.get(as)}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { payload: body }),
  });
  const { statusCode: status } = answer;
  seen.set(status, (seen.get(status) ?? 0) + 1);
  if (status < 400) return undefined;
  const problem = isProblem(answer.headers['content-type'], answer.payload);
  const planned = status < 500 || (problem !== undefined && PLANNED.has(problem.code));
  if (problem?.status === status && planned) return undefined;
  return `${operation.method} ${url} by ${as}: ${status} ${answer.payload.slice(0, 200)} for ${body?.slice(0, 300)}`;
}

function isProblem(type: unknown, text: string) {
  if (type !== 'application/problem+json; charset=utf-8') return undefined;
  return problemSchema.safeParse(JSON.parse(text)).data;
}

const seen = new Map<number, number>();

describe('requests made at random from the OpenAPI document', () => {
  const requests = Number(process.env['STEMMA_FUZZ_REQUESTS'] ?? 2_000);
  const seed = Number(process.env['STEMMA_FUZZ_SEED'] ?? 20_261_121);

  it('are all answered as promised: every error is a problem, and none is unplanned', async () => {
    const share = Math.ceil(requests / operations.length);
    const faults: string[] = [];
    for (const [index, operation] of operations.entries()) {
      const tried = fc.sample(requestsTo(document, operation), { numRuns: share, seed: seed + index });
      for (let at = 0; at < tried.length; at += 16) {
        const found = await Promise.all(tried.slice(at, at + 16).map(faultOf));
        faults.push(...found.filter((fault) => fault !== undefined));
      }
    }
    const to = process.env['STEMMA_FUZZ_REPORT'];
    const counts = Object.fromEntries([...seen].map(([status, count]) => [`status${status}`, count]));
    if (to !== undefined) writeFileSync(to, JSON.stringify({ ...counts, seed, faults: faults.slice(0, 50) }));
    expect(faults.slice(0, 10)).toEqual([]);
    const answered = [...seen].filter(([status]) => status < 400).reduce((sum, [, count]) => sum + count, 0);
    expect(answered).toBeGreaterThan(requests / 50);
  }, 600_000);

  it('would be told from bad answers: an error in another form, or one that was not planned', () => {
    expect(isProblem('application/json', '{}')).toBeUndefined();
    expect(isProblem('application/problem+json; charset=utf-8', '{"status":500}')).toBeUndefined();
  });
});
