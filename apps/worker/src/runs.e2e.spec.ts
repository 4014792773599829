import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@stemma/testing';
import { createHash } from 'node:crypto';
import { readdir, utimes } from 'node:fs/promises';
import path from 'node:path';
import { type RunSystem, startRunSystem } from './runs.fixtures.js';

let runs: RunSystem;

beforeAll(async () => {
  runs = await startRunSystem({ STEMMA_FILE_LIMIT: '10000' });
  await runs.system.startWorker();
}, 180_000);
afterAll(() => runs.system.stop(), 60_000);

const python = `
import csv
def run(input, context):
    rows = list(csv.reader(open(context.files["data.csv"])))
    context.log.info("rows: %d" % len(rows))
    print("printed")
    context.write_artifact("sum.txt", str(sum(int(r[0]) for r in rows)))
    return {"rows": len(rows), "greeting": input["greeting"]}
`;

const node = `export async function run(input, context) {
  context.log.info('doubling');
  await context.writeArtifact('out.json', JSON.stringify([input.n]));
  return { doubled: input.n * 2 };
}`;

describe('a published script', () => {
  it('runs in a container on its input and its files, and leaves result, log and artifacts', async () => {
    const slug = await runs.publish('python', python);
    const sha256 = await runs.upload('1\n2\n3\n');
    const runId = await runs.request(slug, {
      input: { greeting: 'hello' },
      files: [{ name: 'data.csv', sha256 }],
    });
    const run = await runs.ended(runId);
    expect(run).toMatchObject({
      status: 'completed',
      reason: 'returned',
      attempt: 1,
      output: { kind: 'inline', value: { rows: 3, greeting: 'hello' } },
      artifacts: [{ name: 'sum.txt', size: 1 }],
    });
    const artifact = await runs.call('GET', `/v1/runs/${runId}/artifacts/sum.txt`);
    expect(artifact.text).toBe('6');
    const { lines } = (await runs.call('GET', `/v1/runs/${runId}/logs`)).body as {
      lines: { message: string; stream: string }[];
    };
    expect(lines.map(({ stream, message }) => `${stream}: ${message}`)).toEqual([
      'log: rows: 3',
      'stdout: printed',
    ]);
    const output = await runs.call('GET', `/v1/runs/${runId}/output`);
    expect(output.body).toEqual({ rows: 3, greeting: 'hello' });
  });

  it('is not looked for by what it can never be', async () => {
    const looks = ['trigger=apii', 'status=done', 'context=test', 'mine=yes', 'colour=red'].map((query) =>
      runs.call('GET', `/v1/runs?${query}`),
    );
    for (const { status, body } of await Promise.all(looks))
      expect(`${status} ${String(body['code'])}`).toBe('400 invalid-request');
  });

  it('A6 is not looked for by what no text can hold', async () => {
    const looks = ['var.a', 'subject.id', 'connector.key'].map((name) =>
      runs.call('GET', `/v1/runs?${name}=a%00`),
    );
    for (const { status, text } of await Promise.all(looks)) {
      expect(status).toBe(400);
      expect(text).toContain('NUL');
    }
  });

  it('leaves artifacts of any name that they may have, to be taken whole, in part, or not again', async () => {
    const name = `reports/${'ü'.repeat(127)}`;
    const slug = await runs.publish(
      'node',
      `export const run = (i, c) => c.writeArtifact('${name}', '0123456789')`,
    );
    const { runId } = await runs.ended(await runs.request(slug));
    const take = async (headers: Record<string, string>, wanted = name): Promise<readonly unknown[]> => {
      const url = `${runs.system.apiUrl}/v1/runs/${runId}/artifacts/${encodeURIComponent(wanted)}`;
      const Authorization = `Bearer ${await runs.system.keyOf('author')}`;
      const answer = await fetch(url, { headers: { Authorization, ...headers } });
      const text = answer.status < 300 ? await answer.text() : '';
      return [answer.status, text, ...['Content-Range', 'ETag'].map((header) => answer.headers.get(header))];
    };
    const [, , , tag] = await take({});
    expect(await take({})).toEqual([200, '0123456789', null, expect.stringMatching(/^"[0-9a-f]{64}"$/)]);
    expect(await take({ Range: 'bytes=2-4' })).toEqual([206, '234', 'bytes 2-4/10', tag]);
    expect(await take({ Range: 'bytes=10-' })).toEqual([416, '', 'bytes */10', null]);
    expect(await take({ Range: 'bytes=2-4', 'If-Range': '"other"' })).toEqual([200, '0123456789', null, tag]);
    expect(await take({ 'If-None-Match': String(tag) })).toEqual([304, '', null, tag]);
    expect((await take({}, 'x'.repeat(1_024)))[0]).toBe(404);
  });

  it('shows nobody’s browser an artifact as a page, whatever is in it', async () => {
    const page = '<script>alert(1)</script>';
    const source = `export const run = (i, c) => c.writeArtifact('a/ü (1).html', '${page}')`;
    const { runId } = await runs.ended(await runs.request(await runs.publish('node', source)));
    const url = `${runs.system.apiUrl}/v1/runs/${runId}/artifacts/${encodeURIComponent('a/ü (1).html')}`;
    const Authorization = `Bearer ${await runs.system.keyOf('author')}`;
    const { headers } = await fetch(url, { headers: { Authorization } });
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': String(page.length),
      'content-disposition': expect.stringMatching(
        /^attachment; filename="[\x20-\x7e]+"; filename\*=UTF-8''%C3%BC%20%281%29\.html$/,
      ),
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    });
  });

  it('takes files up to the cap, and names them by their hash', async () => {
    const whole = 'x'.repeat(10_000);
    expect(await runs.upload(whole)).toBe(createHash('sha256').update(whole).digest('hex'));
    const headers = {
      Authorization: `Bearer ${await runs.system.keyOf('author')}`,
      'Content-Type': 'application/octet-stream',
    };
    const answer = await fetch(`${runs.system.apiUrl}/v1/files`, {
      method: 'POST',
      headers,
      body: `${whole}x`,
    });
    expect([answer.status, await answer.json()]).toMatchObject([413, { code: 'body-too-large' }]);
  });

  it('is found by who asked for it', async () => {
    const slug = await runs.publish('node', 'export const run = () => 1;');
    const runId = await runs.request(slug);
    const mine = async (as: string) => {
      const { body } = await runs.call('GET', `/v1/runs?mine=true&slug=${slug}`, { as });
      return (body['items'] as readonly { readonly runId: string }[]).map((run) => run.runId);
    };
    expect([await mine('author'), await mine('admin')]).toEqual([[runId], []]);
  });

  it('runs in Node too', async () => {
    const slug = await runs.publish('node', node);
    const run = await runs.ended(await runs.request(slug, { input: { n: 21 } }));
    expect(run).toMatchObject({
      status: 'completed',
      output: { value: { doubled: 42 } },
      artifacts: [{ name: 'out.json' }],
    });
  });

  it('is followed line by line until it ends, and from the line that was seen last', async () => {
    const slug = await runs.publish(
      'node',
      `export function run(input, { log }) { for (let i = 0; i < 5; i += 1) log.info('line ' + i); return {}; }`,
    );
    const runId = await runs.request(slug);
    const follow = async (lastEventId?: string): Promise<string> => {
      const headers: Record<string, string> = {
        Authorization: `Bearer ${await runs.system.keyOf('author')}`,
        Accept: 'text/event-stream',
      };
      if (lastEventId !== undefined) headers['Last-Event-ID'] = lastEventId;
      return (await fetch(`${runs.system.apiUrl}/v1/runs/${runId}/logs`, { headers })).text();
    };
    const all = await follow();
    expect(all.match(/"message":"line \d"/g)).toHaveLength(5);
    expect(all.trimEnd().endsWith('event: end\ndata: {"status":"completed"}')).toBe(true);
    const rest = await follow('1-2');
    expect(rest.match(/"message":"line \d"/g)).toEqual(['"message":"line 3"', '"message":"line 4"']);
  });

  it('is pinned at the request: what is published later does not change the run', async () => {
    const slug = await runs.publish('node', 'export const run = () => ({ version: 1 });');
    const answer = await runs.call('POST', `/v1/scripts/${slug}/runs`, { body: {} });
    expect(answer).toMatchObject({
      status: 202,
      body: { number: 1, status: 'pending', context: 'production' },
    });
  });
});

describe('R-A12 the bytes of a run', () => {
  it('are given up when their time is over, after a dry run said so; those of younger runs stay', async () => {
    const wrote = (text: string) => `export const run = (i, c) => c.writeArtifact('out.txt', '${text}')`;
    const [old, young] = await Promise.all(
      ['old', 'young'].map(async (text) => {
        const run = await runs.ended(await runs.request(await runs.publish('node', wrote(text))));
        return { runId: run.runId, sha256: run.artifacts[0]?.sha256 ?? '' };
      }),
    );
    const kept = await readdir(path.join(runs.system.stateDir, 'blobs'), { recursive: true });
    const file = kept.find((name) => name.endsWith(old?.sha256 ?? 'none')) ?? '';
    await utimes(path.join(runs.system.stateDir, 'blobs', file), new Date(0), new Date(0));

    const dry = await runs.call('GET', '/v1/blobs/expired', { as: 'admin' });
    expect(dry.body).toMatchObject({
      count: 1,
      keepDays: 90,
      items: [{ sha256: old?.sha256, why: 'expired' }],
    });
    expect((await runs.call('GET', `/v1/runs/${old?.runId}/artifacts/out.txt`)).text).toBe('old');
    const swept = await runs.call('POST', '/v1/blobs/sweep', { body: {}, as: 'admin' });
    expect(swept.body).toEqual({ count: 1, bytes: 3 });
    expect((await runs.call('GET', `/v1/runs/${old?.runId}/artifacts/out.txt`)).status).toBe(404);
    expect((await runs.call('GET', `/v1/runs/${young?.runId}/artifacts/out.txt`)).text).toBe('young');
    expect((await runs.call('POST', '/v1/blobs/sweep', { body: {} })).status).toBe(403);
  });
});

describe('a script that fails now and then', () => {
  const moody = `export function run({ failures }, context) {
    if (context.attempt <= failures) throw new Error('not yet');
    return { attempt: context.attempt };
  }`;
  const settings = { retries: { max: 2, backoffSeconds: 0.2 } };

  it('is tried again after a pause, and every attempt is kept', async () => {
    const slug = await runs.publish('node', moody, { settings });
    const run = await runs.ended(await runs.request(slug, { input: { failures: 1 } }));
    expect(run).toMatchObject({
      status: 'completed',
      attempt: 2,
      failures: 1,
      output: { value: { attempt: 2 } },
    });
    expect(run.attempts.map(({ failed }) => failed?.reason)).toEqual(['script-error', undefined]);
    const logs = await Promise.all(
      [1, 2, 3].map((attempt) => runs.call('GET', `/v1/runs/${run.runId}/logs?attempt=${attempt}`)),
    );
    expect(logs).toMatchObject([
      { body: { status: 'failed', lines: [{ id: '1-0', message: expect.stringContaining('script.js:2') }] } },
      { body: { status: 'completed', lines: [] } },
      { status: 400, body: { code: 'invalid-request' } },
    ]);
  });

  it('fails in the end, and can be cancelled while it pauses', async () => {
    const slug = await runs.publish('node', moody, { settings });
    const run = await runs.ended(await runs.request(slug, { input: { failures: 9 } }));
    expect(run).toMatchObject({ status: 'failed', reason: 'script-error', attempt: 3, failures: 2 });
    const patient = await runs.publish('node', moody, {
      settings: { retries: { max: 1, backoffSeconds: 60 } },
    });
    const runId = await runs.request(patient, { input: { failures: 9 } });
    await eventually(
      () => runs.show(runId),
      ({ failures }) => failures === 1,
    );
    const answer = await runs.call('POST', `/v1/runs/${runId}/cancel`, { body: {} });
    expect(answer.body).toMatchObject({ status: 'cancelled' });
    expect(await runs.ended(runId)).toMatchObject({ status: 'cancelled', attempt: 1 });
  });
});

describe('what a version declares', () => {
  it('is held to: an input is checked before the run is accepted, variables are kept and found', async () => {
    const source = `def run(input, context):
    context.set_variable("rows", input["rows"])
    context.set_variable("clean", True)
    return None`;
    const slug = await runs.publish('python', source, {
      settings: { variables: { rows: 'number', clean: 'boolean' } },
      inputSchema: { type: 'object', properties: { rows: { type: 'integer' } }, required: ['rows'] },
    });
    const refused = await runs.call('POST', `/v1/scripts/${slug}/runs`, {
      body: { input: { rows: 'many' } },
    });
    expect(refused).toMatchObject({
      status: 400,
      body: { code: 'input-invalid', faults: [{ path: '/rows' }] },
    });
    const subject = { schema: 'school', model: 'class', id: '7b' };
    const run = await runs.ended(await runs.request(slug, { input: { rows: 3 }, subject }));
    expect(run.variables).toEqual({
      rows: { type: 'number', value: 3 },
      clean: { type: 'boolean', value: true },
    });
    const found = async (query: string) =>
      ((await runs.call('GET', `/v1/runs?slug=${slug}&${query}`)).body['items'] as unknown[]).length;
    expect(await found('var.rows=3&var.clean=true&subject.id=7b')).toBe(1);
    expect(await found('var.rows=4')).toBe(0);
    expect(await found('subject.id=7c')).toBe(0);
  });
});

describe('how long an attempt may take', () => {
  it('is what the request says, else its version, else its context; the log has it, and the container kept to it', async () => {
    const source = 'export const run = ({ ms }) => new Promise((done) => setTimeout(done, ms));';
    const slug = await runs.publish('node', source, { settings: { timeoutMs: 500 } });
    const allowedTo = async (body: object, of = slug) =>
      runs.ended(await runs.request(of, { input: { ms: 1_000 }, ...body }));
    const [byVersion, byRequest, byContext] = await Promise.all([
      allowedTo({}),
      allowedTo({ timeoutMs: 20_000 }),
      allowedTo({ context: 'sandbox', input: { ms: 0 } }, await runs.publish('node', source)),
    ]);
    expect(byVersion).toMatchObject({ status: 'timeout', limits: { timeoutMs: 500 } });
    expect(byVersion.attempts).toMatchObject([{ limits: { timeoutMs: 500 } }]);
    expect(byVersion.error?.message).toContain('500 ms');
    expect(byRequest).toMatchObject({ status: 'completed', limits: { timeoutMs: 20_000 } });
    expect(byContext).toMatchObject({ status: 'completed', limits: { timeoutMs: 60_000 } });
  });
});

describe('the warm pool', () => {
  it('serves a run of the default limits, and leaves one of other limits to a cold start', async () => {
    const slug = await runs.publish('node', 'export const run = () => 1;');
    await eventually(
      () => runs.call('GET', '/v1/ops/pool', { as: 'admin' }),
      ({ text }) => text.includes('"runtime":"node","target":1,"ready":1'),
      30_000,
    );
    const [warm] = (await runs.ended(await runs.request(slug))).attempts;
    const [cold] = (await runs.ended(await runs.request(slug, { timeoutMs: 600_000 }))).attempts;
    expect([warm?.warm, cold?.warm]).toEqual([true, false]);
  });
});

describe('what is refused', () => {
  const codeOf = async (slug: string, body: object) => {
    const { status, body: problem } = await runs.call('POST', `/v1/scripts/${slug}/runs`, { body });
    return `${status} ${String(problem['code'])}`;
  };

  it('T15 a draft in production; in the sandbox it runs when asked', async () => {
    const slug = await runs.publish('node', 'export const run = () => 1;');
    const content = { runtime: 'node', source: 'export const run = () => 2;' };
    await runs.call('POST', `/v1/scripts/${slug}/versions`, { body: { baseNumber: 1, content } });
    expect(await codeOf(slug, { version: 2 })).toBe('409 not-active');
    const run = await runs.ended(await runs.request(slug, { context: 'sandbox', version: 2 }));
    expect(run).toMatchObject({ status: 'completed', output: { value: 2 } });
  });

  it('a script that is disabled, unknown, without the version, or without the file', async () => {
    const slug = await runs.publish('node', 'export const run = () => 1;');
    await runs.call('POST', `/v1/scripts/${slug}/disable`, { body: {}, as: 'admin' });
    expect(await codeOf(slug, {})).toBe('409 script-disabled');
    expect(await codeOf('no-such-script', {})).toBe('404 script-not-found');
    expect(await codeOf(slug, { context: 'sandbox', version: 7 })).toBe('404 version-not-found');
    const files = [{ name: 'a.csv', sha256: '0'.repeat(64) }];
    expect(await codeOf(slug, { context: 'sandbox', files })).toBe('404 file-not-found');
    expect(
      await codeOf(slug, { context: 'sandbox', files: [{ name: '../a', sha256: '0'.repeat(64) }] }),
    ).toBe('400 invalid-request');
  });
});

describe('cancelling', () => {
  it('stops a run that goes on, even one that ignores SIGTERM, and the result does not count', async () => {
    const slug = await runs.publish(
      'node',
      `process.on('SIGTERM', () => {}); export const run = () => new Promise(() => setInterval(() => {}, 1000));`,
    );
    const runId = await runs.request(slug);
    await eventually(
      () => runs.show(runId),
      ({ status }) => status === 'running',
    );
    const answer = await runs.call('POST', `/v1/runs/${runId}/cancel`, { body: {} });
    expect(answer.body).toMatchObject({ status: 'cancelling' });
    expect(await runs.ended(runId, 10_000)).toMatchObject({ status: 'cancelled', output: null });
    expect((await runs.call('POST', `/v1/runs/${runId}/cancel`, { body: {} })).body).toMatchObject({
      changed: false,
      status: 'cancelled',
    });
  });
});
