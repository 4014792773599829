import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { foundPrincipal, id, LOCAL_TENANT_ID } from '@stemma/commands';
import { eventually } from '@stemma/testing';
import pg from 'pg';
import { type CallOptions, type Called, content, startTestApi, type TestApi } from './api.fixtures.js';
import { formatApiKey, hashSecret } from './identity/api-key.js';

const ROOT = '/v1/ops/projections';
const SECRET = 's'.repeat(43);
let api: TestApi;
/** How far the clock of the API is ahead, ms. */
let ahead = 0;

beforeAll(async () => {
  api = await startTestApi({ clock: () => new Date(Date.now() + ahead) });
  await found(LOCAL_TENANT_ID, 'olga');
  await found(id('tenant', 'other'), 'stranger');
  await api.call('POST', '/v1/scripts', { body: { slug: 'sales', details: { name: 'Sales' } } });
  for (const baseNumber of [0, 1, 2]) await save(baseNumber);
  await eventually(
    () => operate('GET', ROOT),
    ({ status, body }) => status === 200 && builds(body).every(({ lag }) => lag.events === 0),
  );
}, 60_000);
afterAll(() => api.close(), 30_000);

async function found(tenantId: string, subject: string): Promise<void> {
  const founding = { store: api.store, release: 'spec', clock: () => new Date() };
  const secretHash = hashSecret(SECRET);
  await foundPrincipal(founding, { tenantId, subject, roles: ['operator'], keyId: subject, secretHash });
}

const save = (baseNumber: number): Promise<Called> =>
  api.call('POST', '/v1/scripts/sales/versions', {
    body: { baseNumber, content: content(`${baseNumber}`) },
  });

interface Build {
  readonly projection: string;
  readonly build: number;
  readonly state: string;
  readonly parked: number;
  readonly lag: { readonly events: number };
  readonly pausedBy: string | null;
  readonly hasWriter: boolean;
}

const builds = (body: Called['body']) => (body['builds'] ?? []) as readonly Build[];

function operate(
  method: string,
  path: string,
  options: CallOptions & { who?: string } = {},
): Promise<Called> {
  const { who = 'olga', headers, ...more } = options;
  const Authorization = `Bearer ${formatApiKey({ keyId: who, secret: SECRET })}`;
  return api.call(method, path, { ...more, as: null, headers: { ...headers, Authorization } });
}

/** Asks for a job and waits for its end. */
async function have(kind: string, body: object): Promise<Called['body']> {
  const asked = await operate('POST', `${ROOT}/${kind}`, { body });
  expect({ status: asked.status, text: asked.text }).toMatchObject({ status: 202 });
  const ended = await eventually(
    () => operate('GET', asked.headers.get('location') ?? ''),
    ({ body: job }) => job['endedAt'] !== null,
  );
  return ended.body;
}

async function sql(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: api.database.superuserUrl });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

/** The builds of a projection by state; numbers are never used again. */
async function buildsOf(projection: string): Promise<Readonly<Record<string, readonly number[]>>> {
  const found = builds((await operate('GET', ROOT)).body).filter((one) => one.projection === projection);
  const byState = Object.groupBy(found, ({ state }) => state);
  return Object.fromEntries(
    Object.entries(byState).map(([state, these = []]) => [state, these.map(({ build }) => build)]),
  );
}

const liveBuild = async (projection: string): Promise<number> =>
  (await buildsOf(projection))['live']?.[0] ?? 0;

describe('an operator', () => {
  it('sees every build: position, lag, rate, who keeps it, and that it was proven', async () => {
    const { body } = await operate('GET', ROOT);
    expect(body).toMatchObject({ jobs: [] });
    expect(builds(body).map(({ projection }) => projection)).toEqual(
      expect.arrayContaining(['runs', 'scripts', 'versions']),
    );
    for (const build of builds(body)) {
      expect(build).toMatchObject({
        ...{ version: expect.any(Number), build: 1, state: 'live', position: expect.any(String) },
        ...{ lag: { events: 0, seconds: 0 }, eventsPerSecond: 0, hasWriter: true },
        ...{ parked: 0, pausedBy: null, trouble: null },
      });
    }
  });

  it('has all of them built anew, proven and swapped, which leaves a certificate that says who', async () => {
    const before = await liveBuild('versions');
    const job = await have('rebuild', { projections: 'all' });
    expect(job).toMatchObject({ kind: 'rebuild', state: 'done', askedBy: 'olga' });
    const made = (job['result'] as { builds: readonly { projection: string; equal: boolean }[] }).builds;
    expect(made.length).toBeGreaterThanOrEqual(3);
    expect(made.filter(({ equal }) => !equal)).toEqual([]);
    const build = await liveBuild('versions');
    expect(await buildsOf('versions')).toEqual({ following: [before], live: [build] });
    const { body } = await operate('GET', `${ROOT}/certificates?projection=versions`);
    expect((body['items'] as unknown[])[0]).toMatchObject({
      ...{ kind: 'rebuild', by: 'olga', release: 'spec', build, against: before, equal: true },
    });
    expect(await have('rollback', { projections: ['versions'] })).toMatchObject({ state: 'done' });
    expect(await buildsOf('versions')).toEqual({ following: [build], live: [before] });
  });

  it('has no live build dropped, whether named or not', async () => {
    const build = await liveBuild('versions');
    expect(await have('drop', { projections: ['versions'], build })).toMatchObject({
      state: 'refused',
      result: { reason: expect.stringMatching(/ of versions is the one that is read.*Swap or roll back/) },
    });
    expect(await have('drop', { projections: ['versions'] })).toMatchObject({ state: 'done' });
    expect(await buildsOf('versions')).toEqual({ live: [build] });
    expect(await have('drop', { projections: ['versions'], version: 1 })).toMatchObject({ state: 'refused' });
    expect(await buildsOf('versions')).toEqual({ live: [build] });
  });

  it('learns of a row that was changed by hand which one it is, column by column, and has it repaired', async () => {
    await sql(
      `UPDATE versions__${await liveBuild('versions')}.versions SET change_summary = 'forged' WHERE number = 2`,
    );
    const found = await have('verify', { projections: ['versions'] });
    expect(found).toMatchObject({
      state: 'done',
      result: {
        equal: false,
        builds: [
          {
            projection: 'versions',
            differences: [
              {
                table: 'versions',
                key: { number: 2 },
                columns: [{ column: 'change_summary', is: 'forged', shouldBe: null }],
              },
            ],
          },
        ],
      },
    });
    expect(await have('rebuild', { projections: ['versions'] })).toMatchObject({
      state: 'refused',
      result: { reason: expect.stringContaining('change_summary is "forged" and should be null') },
    });
    const accepted = { projections: ['versions'], acceptDifferences: true };
    expect(await have('swap', accepted)).toMatchObject({ state: 'done' });
    expect(await have('verify', { projections: 'all' })).toMatchObject({ result: { equal: true } });
    await have('drop', { projections: ['versions'] });
  });

  it('lets a projection stand still, is named for it, and lets it go on', async () => {
    const body = { projections: ['scripts'] };
    expect((await operate('POST', `${ROOT}/pause`, { body })).body).toEqual(body);
    const paused = await eventually(
      () => operate('GET', ROOT),
      ({ body: status }) =>
        builds(status).some(({ pausedBy, hasWriter }) => pausedBy === 'olga' && !hasWriter),
    );
    expect(builds(paused.body).find(({ pausedBy }) => pausedBy !== null)?.projection).toBe('scripts');
    expect((await api.call('GET', '/health/ready')).body).toMatchObject({ status: 'ready' });
    await api.call('POST', '/v1/scripts', { body: { slug: 'more', details: { name: 'More' } } });
    ahead = 60_000;
    // All but the paused one go on within a moment.
    const old = /what is read is old, for these stand still while events arrive: scripts \d+\. Look/;
    const degraded = await eventually(
      () => api.call('GET', '/health/ready'),
      ({ text }) => old.test(text),
    );
    ahead = 0;
    expect(degraded).toMatchObject({
      status: 200,
      body: { status: 'degraded', parts: { readModel: { ok: true, degraded: true } } },
    });
    await operate('POST', `${ROOT}/resume`, { body });
    await eventually(
      () => operate('GET', ROOT),
      ({ body: status }) => builds(status).every(({ hasWriter }) => hasWriter),
    );
  });

  it('asks once for what is asked twice with one key, and is refused another body under it', async () => {
    const headers = { 'Idempotency-Key': 'rebuild-1' };
    const ask = (body: object) => operate('POST', `${ROOT}/verify`, { body, headers });
    const first = await ask({ projections: ['runs'] });
    expect((await ask({ projections: ['runs'] })).body['id']).toBe(first.body['id']);
    expect(await ask({ projections: ['scripts'] })).toMatchObject({
      status: 422,
      body: { code: 'idempotency-key-reused' },
    });
  });

  it('aborts what waits or runs, by name', async () => {
    await operate('POST', `${ROOT}/pause`, { body: { projections: ['runs'] } });
    const { body: job } = await operate('POST', `${ROOT}/verify`, { body: { projections: ['runs'] } });
    await operate('POST', `${ROOT}/abort`, { body: { projections: 'all' } });
    const { body } = await operate('GET', `${ROOT}/jobs/${String(job['id'])}`);
    expect(['aborted', 'done']).toContain(body['state']);
    if (body['state'] === 'aborted') expect(body['result']).toMatchObject({ abortedBy: 'olga' });
    await operate('POST', `${ROOT}/resume`, { body: { projections: ['runs'] } });
  });

  it('looks at a parked stream with its event, retries it, and drops it for good: an event says so', async () => {
    const build = await liveBuild('versions');
    await sql(`ALTER TABLE versions__${build}.versions ADD CHECK (number <> 4)`);
    await save(3);
    const { body } = await eventually(
      () => operate('GET', `${ROOT}/parked`),
      ({ body: list }) => (list['items'] as unknown[]).length === 1,
    );
    const [parked] = body['items'] as readonly { stream: string; eventId: string; category: string }[];
    const { stream = '', eventId = '' } = parked ?? {};
    expect(parked).toMatchObject({ projection: 'versions', category: 'database', eventType: 'DraftCreated' });
    const shown = await operate('GET', `${ROOT}/versions/parked/${encodeURIComponent(stream)}`);
    expect(shown.body).toMatchObject({ event: { data: { number: 4 }, metadata: { release: 'spec' } } });

    const retry = await operate('POST', `${ROOT}/versions/parked/retry`, { body: { stream } });
    expect(retry.body).toEqual({ projection: 'versions', retried: 1 });
    const drop = (of: string) =>
      operate('POST', `${ROOT}/versions/parked/drop`, { body: { stream, eventId: of, reason: 'a test' } });
    expect(await drop(id('event', 'another'))).toMatchObject({ status: 404, body: { code: 'not-parked' } });
    expect((await drop(eventId)).status).toBe(200);
    await eventually(
      () => operate('GET', `${ROOT}/parked`),
      ({ body: list }) => (list['items'] as unknown[]).length === 0,
    );
    const decisions: object[] = [];
    for await (const { type, data, metadata } of api.store.readAll()) {
      if (type === 'ParkedEventDropped') decisions.push({ data, metadata });
    }
    expect(decisions).toMatchObject([
      {
        data: { projection: 'versions', stream, eventId, reason: 'a test' },
        metadata: { actor: { kind: 'user', id: 'olga', via: 'olga' }, release: 'spec' },
      },
    ]);
  });
});

describe('the log of what operators did', () => {
  it('names who, and what came of it: newest first, a dropped event too', async () => {
    const { body } = await operate('GET', `${ROOT}/acts?limit=200`);
    const acts = body['items'] as { by: string; type: string; position: string; data: object }[];
    const done = new Set(acts.map(({ by, type }) => `${type} by ${by}`));
    expect([...done].sort()).toEqual([
      'BuildCertified by projector',
      'ParkedEventDropped by olga',
      'ParkedStreamsRetried by olga',
      'ProjectionJobEnded by projector',
      'ProjectionJobRequested by olga',
      'ProjectionJobsAborted by olga',
      'ProjectionsPaused by olga',
      'ProjectionsResumed by olga',
    ]);
    const positions = acts.map(({ position }) => Number(position));
    expect(positions).toEqual(positions.toSorted((one, other) => other - one));
    expect(acts.find(({ type }) => type === 'ProjectionJobRequested')?.data).toMatchObject({
      projections: expect.any(Array),
      options: expect.any(Object),
    });
  });

  it('names the job as the command that asked for it, which what came of it was caused by', async () => {
    const asked: string[] = [];
    const causes = new Set<string>();
    for await (const { type, data, metadata } of api.store.readAll()) {
      const { commandId, causationId } = metadata as { commandId: string; causationId: string };
      const { jobId } = data as { jobId: string };
      if (type === 'ProjectionJobEnded') causes.add(causationId);
      if (type !== 'ProjectionJobRequested') continue;
      expect(commandId).toBe(jobId);
      asked.push(jobId);
    }
    expect(causes.size).toBeGreaterThan(0);
    expect([...causes].filter((jobId) => !asked.includes(jobId))).toEqual([]);
  });
});

describe('what an operator cannot have', () => {
  it.each([
    ['GET', `${ROOT}/jobs/${id('job', 'none')}`, undefined, 404, 'job-not-found'],
    ['POST', `${ROOT}/rebuild`, { projections: ['ghosts'] }, 404, 'projection-not-found'],
    ['POST', `${ROOT}/rebuild`, { projections: [] }, 400, 'invalid-request'],
    ['POST', `${ROOT}/rebuild`, {}, 400, 'invalid-request'],
    ['POST', `${ROOT}/versions/parked/retry`, { stream: 'x' }, 404, 'not-parked'],
    ['GET', `${ROOT}/versions/parked/x`, undefined, 404, 'not-parked'],
    ['GET', `${ROOT}/ghosts/parked/x`, undefined, 404, 'projection-not-found'],
  ])('%s %s is refused with what to do next', async (method, path, body, status, code) => {
    const answer = await operate(method, path, { body });
    expect(answer).toMatchObject({ status, body: { code, detail: expect.stringMatching(/./) } });
  });

  it('A2 is anything at all for operators of another tenant: builds hold the rows of everybody', async () => {
    for (const [method, path] of [
      ['GET', ROOT],
      ['POST', `${ROOT}/pause`],
      ['GET', `${ROOT}/certificates`],
    ] as const) {
      const body = method === 'POST' ? { projections: 'all' } : undefined;
      expect(await operate(method, path, { who: 'stranger', body })).toMatchObject({
        status: 403,
        body: { code: 'forbidden' },
      });
    }
  });
});
