import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { problemKinds, problemSchema, type ProblemCode } from '@stemma/contracts';
import {
  type Called,
  type CallOptions,
  content,
  newestPosition,
  startTestApi,
  type TestApi,
} from './api.fixtures.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  const { call } = api;
  await call('POST', '/v1/scripts', { body: { slug: 'sales', details: { name: 'Sales' } } });
  await call('POST', `${sales}/versions`, { body: { baseNumber: 0, content: content('v1\n') } });
}, 60_000);
afterAll(() => api.close(), 30_000);

const sales = '/v1/scripts/sales';
const valid = { slug: 'other', details: { name: 'Other' } };
const save = (source: unknown) => ({ baseNumber: 1, content: { runtime: 'node', source } });

/** Refused as this problem, in the form of every problem, and without a trace in the log. */
async function refused(
  code: ProblemCode,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Called> {
  const before = await newestPosition(api.store);
  const answer = await api.call(method, path, options);
  expect(`${answer.status} ${String(answer.body['code'])}: ${answer.text.slice(0, 300)}`).toContain(
    `${problemKinds[code].status} ${code}:`,
  );
  expectProblem(answer, code);
  expect(await newestPosition(api.store)).toBe(before);
  return answer;
}

function expectProblem(answer: Called, code: ProblemCode): void {
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  const problem = problemSchema.parse(answer.body);
  expect(problem).toMatchObject({ type: `/problems/${code}`, status: answer.status, code });
  expect(problem.instance).toBe(`urn:uuid:${answer.headers.get('request-id')}`);
  expect(problem.detail.length).toBeGreaterThan(20);
}

const errorsOf = ({ body }: Called) => body['errors'] as { path: string; message: string }[];

describe('a body that is not what it should be', () => {
  it.each([
    ['an unknown field', { ...valid, color: 'red' }, '/color'],
    ['an unknown field inside', { ...valid, details: { name: 'x', nmae: 'y' } }, '/details/nmae'],
    ['a wrong type', { ...valid, details: { name: 7 } }, '/details/name'],
    ['a missing field', { slug: 'other' }, '/details'],
    ['a list instead of an object', [valid], ''],
    ['null', null, ''],
    ['a text', 'null', ''],
    ['an empty name', { ...valid, details: { name: '' } }, '/details/name'],
    ['a kind that is none', { ...valid, kind: 'spell' }, '/kind'],
    ['NUL in a text', { ...valid, details: { name: 'a\0b' } }, '/details/name'],
    [
      'fifty-one labels',
      { ...valid, details: { name: 'x', labels: Array.from({ length: 51 }, String) } },
      '/details/labels',
    ],
  ])('is refused with the place of the fault: %s', async (_what, body, path) => {
    const answer = await refused('invalid-request', 'POST', '/v1/scripts', { body });
    expect(errorsOf(answer).map((fault) => fault.path)).toContain(path);
  });

  it('names every fault at once', async () => {
    const answer = await refused('invalid-request', 'POST', '/v1/scripts', {
      body: { slug: '-', kind: 'x', details: { name: 1 }, more: true },
    });
    expect(
      errorsOf(answer)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['/details/name', '/kind', '/more', '/slug']);
  });

  it.each([
    'actor',
    'tenantId',
    'scriptId',
    'versionId',
    'number',
    'createdBy',
    'at',
    'commandId',
    'policy',
    'state',
  ])('is refused when it says what only the server says: %s', async (field) => {
    await refused('invalid-request', 'POST', '/v1/scripts', { body: { ...valid, [field]: 'x' } });
    await refused('invalid-request', 'POST', `${sales}/versions/1/submit`, { body: { [field]: 'x' } });
  });

  it.each([
    ['nonsense', '{"slug":'],
    ['two documents', '{} {}'],
    ['A3 JSON 10 000 deep', `{"slug":"x","details":${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
    ['A3 200 000 levels', '['.repeat(200_000)],
    ['A3 __proto__', '{"__proto__":{"admin":true},"slug":"x","details":{"name":"x"}}'],
    ['a name twice', '{"slug":"x","slug":"y","details":{"name":"x"}}'],
    ['A6 1e400', '{"slug":"x","details":{"name":1e400}}'],
    ['A6 2^53 + 1', '{"slug":"x","details":{"name":9007199254740993}}'],
    ['a lone surrogate', String.raw`{"slug":"x","details":{"name":"\ud800"}}`],
  ])('is refused when it is no usable JSON: %s', async (_what, body) => {
    await refused('malformed-json', 'POST', '/v1/scripts', { body });
  });

  it('A3 constructor is a field like any other: not known', async () => {
    await refused('invalid-request', 'POST', '/v1/scripts', {
      body: '{"constructor":{"prototype":{"admin":true}},"slug":"x","details":{"name":"x"}}',
    });
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it('over the limit is refused, also when nobody says how long it is', async () => {
    const big = JSON.stringify(save('x'.repeat(2_100_000)));
    await refused('body-too-large', 'POST', `${sales}/versions`, { body: big });
    const response = await fetch(`${api.url}${sales}/versions`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${await api.keyOf('author')}`, 'Content-Type': 'application/json' },
      body: new Blob([big]).stream(),
      duplex: 'half',
    });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: 'body-too-large' });
  });

  it('H10 with content over the append limit is refused before anything is stored', async () => {
    const answer = await refused('content-too-large', 'POST', `${sales}/versions`, {
      body: save('x'.repeat(1_200_000)),
    });
    expect(answer.body).toMatchObject({ limit: expect.any(Number), size: expect.any(Number) });
  });

  it.each([
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
  ])('of another kind is refused: %s', async (type) => {
    await refused('unsupported-media-type', 'POST', '/v1/scripts', {
      body: 'slug=x',
      headers: { 'Content-Type': type },
    });
  });

  it('keeps 399 levels of settings as they are', async () => {
    const deep = `${'['.repeat(395)}${']'.repeat(395)}`;
    const body = `{"baseNumber":1,"content":{"runtime":"node","source":"x","settings":{"deep":${deep}}}}`;
    expect((await api.call('POST', `${sales}/versions`, { body })).status).toBe(201);
    const saved = await api.call('GET', `${sales}/versions/2/content`);
    expect(saved.text.length).toBeGreaterThan(0);
  });
});

describe('A6 a slug outside of the rule', () => {
  it.each(['a', '-a', 'a_b', 'a b', 'ä-b', 'a/b', '', 'x'.repeat(64), 'a.b', 'a%'])(
    'cannot be created: %j',
    async (slug) => {
      const answer = await refused('invalid-request', 'POST', '/v1/scripts', { body: { ...valid, slug } });
      expect(errorsOf(answer)[0]).toMatchObject({
        path: '/slug',
        message: expect.stringContaining('2 to 63 characters'),
      });
    },
  );

  it('is told in a path too', async () => {
    const answer = await refused('invalid-request', 'GET', '/v1/scripts/a_b');
    expect(errorsOf(answer)[0]).toMatchObject({ path: '{slug}' });
  });

  it('is one slug in any spelling', async () => {
    await refused('script-exists', 'POST', '/v1/scripts', { body: { ...valid, slug: 'ＳＡＬＥＳ' } });
    expect((await api.call('GET', '/v1/scripts/SALES')).body).toMatchObject({ slug: 'sales' });
  });
});

describe('something that is not there, or not so', () => {
  const missing = '/v1/scripts/nobody';
  it.each([
    ['PATCH', missing, { name: 'x', baseNumber: 0 }],
    ['POST', `${missing}/versions`, { baseNumber: 0, content: content('x') }],
    ['POST', `${missing}/versions/1/submit`, undefined],
    ['POST', `${missing}/versions/1/withdraw`, undefined],
    ['POST', `${missing}/rollback`, { number: 1, baseNumber: 0 }],
    ['GET', missing, undefined],
    ['GET', `${missing}/versions`, undefined],
    ['GET', `${missing}/versions/1`, undefined],
    ['GET', `${missing}/versions/1/content`, undefined],
    ['GET', `${missing}/history`, undefined],
    ['GET', `${missing}/diff?from=1&to=2`, undefined],
  ])('an unknown script: %s %s', async (method, path, body) => {
    await refused('script-not-found', method, path, { as: 'admin', body });
  });

  it.each([
    'GET /versions/99',
    'GET /versions/99/content',
    'GET /diff?from=1&to=99',
    'POST /versions/99/submit',
  ])('an unknown version: %s', async (request) => {
    const [method = '', path = ''] = request.split(' ');
    await refused('version-not-found', method, sales + path);
  });

  it.each(['0', '01', '-1', '1.0', '1e1', 'x', '99999999', '%31%00'])(
    'a number that is none: %s',
    async (number) => {
      await refused('invalid-request', 'GET', `${sales}/versions/${number}`);
    },
  );

  it('a version in the wrong state', async () => {
    await refused('version-not-in-review', 'POST', `${sales}/versions/1/approve`, { as: 'reviewer' });
    await refused('version-not-in-review', 'POST', `${sales}/versions/1/publish`, { as: 'reviewer' });
    await refused('version-not-in-review', 'POST', `${sales}/versions/1/request-changes`, {
      as: 'reviewer',
      body: { reviewNote: 'why?' },
    });
    await refused('version-never-active', 'POST', `${sales}/rollback`, {
      as: 'admin',
      body: { number: 1, baseNumber: 2 },
    });
    await refused('not-head-draft', 'POST', `${sales}/versions/1/submit`);
  });

  it('T8 one’s own version, whichever way', async () => {
    await api.call('POST', '/v1/scripts', { as: 'admin', body: { slug: 'own', details: { name: 'Own' } } });
    const own = '/v1/scripts/own/versions';
    await api.call('POST', own, { as: 'admin', body: { baseNumber: 0, content: content('x') } });
    await api.call('POST', `${own}/1/submit`, { as: 'admin' });
    await refused('four-eyes', 'POST', `${own}/1/approve`, { as: 'admin' });
    await api.call('POST', `${own}/1/approve`, { as: 'reviewer' });
    await refused('four-eyes', 'POST', `${own}/1/publish`, { as: 'admin' });
  });

  it('T16 an update publishes nothing', async () => {
    const tried = { name: 'x', baseNumber: 2, state: 'active', activeNumber: 1 };
    await refused('invalid-request', 'PATCH', sales, { body: tried });
    await api.call('PATCH', sales, { body: { name: 'Sales 2', baseNumber: 2 } });
    const types = (await api.call('GET', `${sales}/history`)).body['items'] as { type: string }[];
    expect(types.at(-1)?.type).toBe('ScriptDetailsChanged');
    expect(types.map(({ type }) => type)).not.toContain('VersionPublished');
  });

  it.each(['/v1', '/v1/scripts/sales/nothing', '/v1/script', '/nope', '/v2/scripts'])(
    'a path: %s',
    async (path) => {
      await refused('not-found', 'GET', path);
    },
  );

  it.each(['PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'].filter((method) => method !== 'TRACE'))(
    'a method: %s',
    async (method) => {
      await refused('not-found', method, sales);
    },
  );
});

describe('a base', () => {
  it('that is missing is asked for', async () => {
    const answer = await refused('base-required', 'POST', `${sales}/versions`, {
      body: { content: content('x') },
    });
    expect(answer.body['detail']).toContain('baseNumber');
    await refused('base-required', 'PATCH', sales, { body: { name: 'x' } });
    await refused('base-required', 'POST', `${sales}/rollback`, { as: 'admin', body: { number: 1 } });
  });

  it('T5 that is stale is told, with the current head', async () => {
    const answer = await refused('stale-base', 'POST', `${sales}/versions`, {
      body: { baseNumber: 1, content: content('x') },
    });
    expect(answer.body).toMatchObject({ head: { number: 2, state: 'draft' } });
  });

  it('by If-Match must be the ETag of now', async () => {
    const answer = await refused('precondition-failed', 'PATCH', sales, {
      body: { name: 'x' },
      headers: { 'If-Match': '"0"' },
    });
    const current = String(answer.body['current']);
    expect((await api.call('GET', sales)).headers.get('etag')).toBe(current);
    const done = await api.call('PATCH', sales, {
      body: { name: 'Sales 3' },
      headers: { 'If-Match': current },
    });
    expect(done.status).toBe(200);
  });

  it.each(['0', 'W/"0"', '*', '"0", "1"', '""', '"x"', '"99999999999999999999"'])(
    'by If-Match %s proves nothing',
    async (tag) => {
      await refused('invalid-request', 'PATCH', sales, { body: { name: 'x' }, headers: { 'If-Match': tag } });
    },
  );
});

describe('a credential', () => {
  const secret = 'x'.repeat(43);
  it.each([
    ['none', undefined],
    ['nothing', ''],
    ['another scheme', 'Basic YTpi'],
    ['no key', 'Bearer'],
    ['a key of another form', 'Bearer hunter2'],
    ['an unknown key', `Bearer stm_nobody_${secret}`],
    ['two keys', `Bearer stm_a_${secret} stm_b_${secret}`],
    ['100 KB', `Bearer ${'x'.repeat(10_000)}`],
  ])('that is %s lets nobody in', async (_what, authorization) => {
    const answer = await refused('unauthenticated', 'GET', sales, {
      as: null,
      headers: authorization === undefined ? {} : { Authorization: authorization },
    });
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="stemma"/);
    expect(answer.text).not.toContain(secret);
  });

  it('with one wrong letter in the secret lets nobody in', async () => {
    const key = await api.keyOf('author');
    const wrong = key.slice(0, -1) + (key.endsWith('A') ? 'B' : 'A');
    await refused('unauthenticated', 'GET', sales, {
      as: null,
      headers: { Authorization: `Bearer ${wrong}` },
    });
  });

  it.each([
    ['author', `${sales}/versions/1/approve`],
    ['author', `${sales}/versions/1/publish`],
    ['author', `${sales}/rollback`],
    ['reviewer', '/v1/scripts'],
    ['reviewer', `${sales}/versions`],
    ['reviewer', `${sales}/versions/1/submit`],
  ])('without the role is refused: %s %s', async (as, path) => {
    const answer = await refused('forbidden', 'POST', path, { as, body: {} });
    expect(answer.body['detail']).toContain(as);
  });
});

describe('an Idempotency-Key', () => {
  const once = (key: string, body: unknown, as = 'author') =>
    api.call('POST', '/v1/scripts', { as, body, headers: { 'Idempotency-Key': key } });

  it('makes twice once: the same answer, said to be a repetition', async () => {
    const body = { slug: 'once', details: { name: 'Once' } };
    const first = await once('k-1', body);
    const second = await once('k-1', body);
    expect(first.status).toBe(201);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    for (const same of ['etag', 'stemma-position', 'location']) {
      expect(second.headers.get(same)).toBe(first.headers.get(same));
    }
    expect([second.status, second.text]).toEqual([first.status, first.text]);
  });

  it('that was used for another body is refused', async () => {
    await refused('idempotency-key-reused', 'POST', '/v1/scripts', {
      body: { slug: 'once', details: { name: 'Twice' } },
      headers: { 'Idempotency-Key': 'k-1' },
    });
  });

  it('is each person’s own', async () => {
    const body = { slug: 'once', details: { name: 'Once' } };
    expect((await once('k-1', body, 'admin')).body).toMatchObject({ code: 'script-exists' });
  });

  it.each(['', ' ', 'a b', 'ä', 'x'.repeat(201), 'a"b', 'a,b'])(
    'of another form is refused: %j',
    async (key) => {
      const value = Buffer.from(key, 'utf8').toString('latin1');
      const answer = await api.call('POST', '/v1/scripts', {
        body: valid,
        headers: { 'Idempotency-Key': value },
      });
      expectProblem(answer, 'invalid-request');
      expect(errorsOf(answer)[0]?.path).toBe('Idempotency-Key');
    },
  );
});

describe('a query', () => {
  it.each([
    '?limit=0',
    '?limit=201',
    '?limit=1e2',
    '?limit=',
    '?limit=1&limit=2',
    '?status=deleted',
    '?sort=colour',
    '?label=%00',
    '?label=',
    '?cursor=x',
    '?cursor=%00',
    '?nonsense=1',
    '?__proto__=1',
    `?cursor=${Buffer.from('{"sort":"slug","value":"a\\u0000","scriptId":"x"}').toString('base64url')}`,
  ])('that is not valid is refused: %s', async (query) => {
    await refused('invalid-request', 'GET', `/v1/scripts${query}`);
  });

  it.each(['x', '', `${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}:x`, '1'])(
    'with a position that is none is refused: %j',
    async (token) => {
      const answer = await refused('invalid-request', 'GET', sales, {
        headers: { 'Stemma-Min-Position': token },
      });
      expect(errorsOf(answer)[0]?.path).toBe('Stemma-Min-Position');
    },
  );

  it('with a position of another log is refused', async () => {
    const token = `${'0'.repeat(8)}-0000-4000-8000-${'0'.repeat(12)}:1`;
    for (const path of [sales, `${sales}/history`, `${sales}/versions`, '/v1/scripts']) {
      await refused('other-log', 'GET', path, { headers: { 'Stemma-Min-Position': token } });
    }
  });

  it('for a position that is not there yet is told to come again', async () => {
    const shown = await api.call('GET', sales);
    const [logId] = (shown.headers.get('stemma-position') ?? '').split(':');
    const answer = await refused('not-yet-visible', 'GET', sales, {
      headers: { 'Stemma-Min-Position': `${logId}:999999999999` },
    });
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  }, 15_000);
});
