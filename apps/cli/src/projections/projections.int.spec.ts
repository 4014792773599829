import { afterEach, describe, expect, it } from '@jest/globals';
import { problem } from '../api-answers.fixtures.js';
import { furnishDirectory, runIn } from '../run-cli.fixtures.js';
import type { BuildReport, Job, ProjectionStatus } from '../session/answers.js';
import { type Replies, startStubApi, type StubApi } from '../stub-api.fixtures.js';

let api: StubApi | undefined;
afterEach(async () => {
  await api?.stop();
  api = undefined;
});

async function beside(replies: Replies) {
  const stub = await startStubApi(replies);
  api = stub;
  const directory = furnishDirectory(['admin']);
  const env = { STEMMA_API_URL: stub.url };
  const run = (
    options: { readonly terminal?: boolean; readonly signal?: AbortSignal },
    ...argv: readonly string[]
  ) => runIn({ directory, env, ...options }, 'projections', ...argv);
  return { stub, run };
}

const job: Job = {
  id: '00000000-0000-4000-8000-000000000001',
  kind: 'rebuild',
  projections: ['versions'],
  options: {},
  state: 'running',
  askedBy: 'admin',
  askedAt: '2026-11-21T11:59:00.000Z',
  startedAt: '2026-11-21T11:59:01.000Z',
  endedAt: null,
  progress: { step: 'building', position: '12', events: 12_000, eventsPerSecond: 9_800, secondsLeft: 3 },
  result: null,
};
const asked = {
  'POST /v1/ops/projections/rebuild': { status: 202, body: { ...job, state: 'queued', progress: null } },
};
const path = `GET /v1/ops/projections/jobs/${job.id}`;

/** Answers that follow each other; the last one stays. */
const inTurn = (...answers: readonly object[]) => {
  let next = 0;
  return () => ({ body: answers[Math.min(next++, answers.length - 1)] ?? {} });
};

describe('a long job', () => {
  it('says how far it is: a line that is rewritten on a terminal, a line for each step elsewhere', async () => {
    const ended = { ...job, state: 'done', endedAt: '2026-11-21T11:59:09.000Z', result: { builds: [] } };
    const answers = () => ({ ...asked, [path]: inTurn(job, job, ended) });
    const plain = await (await beside(answers())).run({}, 'rebuild', 'versions');
    expect(plain.exitCode).toBe(0);
    expect(plain.err.trim().split('\n')).toEqual([
      'rebuild of versions for admin: waits for a projector',
      'rebuild of versions for admin: building, 12,000 events, 9,800/s, about 3.0 s left',
    ]);
    await api?.stop();
    const seen = await (await beside(answers())).run({ terminal: true }, 'rebuild', 'versions');
    expect(seen.err).toContain('\r\u001B[Krebuild of versions for admin: building, 12,000 events');
    expect(seen.err.endsWith('\r\u001B[K')).toBe(true);
  });

  it('ends with a code of its own when somebody aborts it, and says who', async () => {
    const result = { reason: 'Aborted by olga.', abortedBy: 'olga' };
    const aborted = { ...job, state: 'aborted', endedAt: '2026-11-21T11:59:09.000Z', result };
    const { run } = await beside({ ...asked, [path]: { body: aborted } });
    const { exitCode, err } = await run({}, 'rebuild', 'versions', '--json');
    expect(exitCode).toBe(31);
    expect(JSON.parse(err)).toMatchObject({
      code: 'job-aborted',
      detail: 'Aborted by olga.',
      job: { id: job.id },
    });
  });

  it('shows people the rows that differ, column by column, and machines the job', async () => {
    const columns = [{ column: 'state', is: 'draft', shouldBe: 'archived' }];
    const row = { table: 'versions', tenantId: 't', key: { number: 2 }, columns, missing: null };
    const outcome = { projection: 'versions', build: 7, against: 3, position: '12', digest: 'ab' };
    const result = {
      reason: 'versions: not swapped, its rows differ: …',
      builds: [{ ...outcome, equal: false, differences: [row] }],
    };
    const refused = { ...job, state: 'refused', endedAt: '2026-11-21T11:59:09.000Z', result };
    const { run } = await beside({ ...asked, [path]: { body: refused } });
    const { exitCode, err } = await run({}, 'rebuild', 'versions');
    expect(exitCode).toBe(30);
    expect(err).toContain(`versions, build 7: rows differ from build 3 at position 12
  versions {"number":2} of tenant t
    state is "draft" and should be "archived"

The rebuild is refused: versions is read as it was, build 3; build 7 stays beside it.`);
    expect(err).toContain('stemma projections swap versions --accept-differences');
    expect(JSON.parse((await run({}, 'rebuild', 'versions', '--json')).err)).toMatchObject({
      detail: result.reason,
      job: { result },
    });
  });

  it.each([
    ['rebuild', { swap: true }, 'runs, build 3: proven equal up to position 12, digest ab; read now'],
    ['rebuild', { swap: false }, '; not read yet: stemma projections swap runs'],
    ['verify', {}, 'runs, build 2: proven equal up to position 12, digest ab\n'],
  ])('of a %s (%o) says what came of it', async (kind, options, expected) => {
    const outcome = { projection: 'runs', build: 3, against: 2, equal: true, position: '12', digest: 'ab' };
    const ended = { ...job, kind, options, state: 'done', endedAt: '2026-11-21T11:59:09.000Z' };
    const { run } = await beside({
      [`POST /v1/ops/projections/${kind}`]: { status: 202, body: { ...job, kind, state: 'queued' } },
      [path]: { body: { ...ended, result: { builds: [outcome], events: 0, eventsPerSecond: 0 } } },
    });
    const { out } = await run({}, kind, 'runs');
    expect(out).toContain(expected);
    expect(out).not.toContain('events');
  });

  it('goes on when nobody looks any more, and says so', async () => {
    const gaveUp = new AbortController();
    const { run } = await beside({
      ...asked,
      [path]: () => {
        setImmediate(() => gaveUp.abort());
        return { body: job };
      },
    });
    const { exitCode, err } = await run({ signal: gaveUp.signal }, 'rebuild', 'versions');
    expect(exitCode).toBe(130);
    expect(err).toContain(`The rebuild goes on: stemma projections jobs ${job.id}`);
    expect(err).toContain('stemma projections abort versions');
  });

  it('is only asked for with --detach', async () => {
    const { run, stub } = await beside(asked);
    const { exitCode, out } = await run({}, 'rebuild', '--all', '--no-swap', '--detach');
    expect({ exitCode, out }).toMatchObject({ exitCode: 0, out: expect.stringContaining(`jobs ${job.id}`) });
    expect(JSON.parse(stub.asked[0]?.body ?? '')).toMatchObject({ projections: 'all', swap: false });
  });
});

describe('status --watch', () => {
  it('shows it again and again until the person gives up; for machines a document a line', async () => {
    const status: ProjectionStatus = { builds: [], jobs: [job] };
    const gaveUp = new AbortController();
    const { run } = await beside({
      'GET /v1/ops/projections': () => {
        if ((api?.asked.length ?? 0) >= 3) setImmediate(() => gaveUp.abort());
        return { body: status };
      },
    });
    const { exitCode, out } = await run({ signal: gaveUp.signal }, 'status', '--watch', '--json');
    expect(exitCode).toBe(130);
    const documents = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(documents[0]).toEqual(status);
  });

  it('tells an operator without the role so', async () => {
    const { run } = await beside({ 'GET /v1/ops/projections': problem(403, 'forbidden') });
    expect((await run({}, 'status')).exitCode).toBe(3);
  });
});

describe('the exit code for scripts', () => {
  const well: BuildReport = {
    ...{
      projection: 'runs',
      version: 1,
      build: 2,
      state: 'live',
      position: '9',
      events: 9,
      eventsPerSecond: 0,
    },
    ...{ lag: { events: 0, seconds: 0 }, parked: 0, pausedBy: null, hasWriter: true, trouble: null },
    ...{ movedAt: '2026-11-21T11:59:00.000Z', proof: null },
  };
  const proof: NonNullable<BuildReport['proof']> = {
    ...{ kind: 'verify', equal: false, digest: '0'.repeat(64), position: '9', against: 3 },
    at: well.movedAt,
  };

  it.each<[number, string, Partial<BuildReport>]>([
    [0, 'all is well', {}],
    [0, 'only one that is not read is behind', { state: 'following', lag: { events: 1_000, seconds: 900 } }],
    [32, 'one stopped', { trouble: 'An event of a type that is not known.' }],
    [32, 'one that is not read stopped', { state: 'following', trouble: 'The log is another.' }],
    [32, 'one stands still for somebody', { pausedBy: 'olga' }],
    [32, 'no projector keeps one', { hasWriter: false }],
    [32, 'one is far behind', { lag: { events: 1_000, seconds: 900 } }],
    [32, 'something is parked', { parked: 1 }],
    [32, 'rows were found wrong', { proof }],
    [0, 'it took the place of one whose rows were wrong', { proof: { ...proof, kind: 'rebuild' } }],
  ])('of status is %i when %s', async (expected, _what, more) => {
    const builds = [
      { ...well, projection: 'scripts' },
      { ...well, ...more },
    ];
    const { run } = await beside({ 'GET /v1/ops/projections': { body: { builds, jobs: [] } } });
    expect((await run({}, 'status')).exitCode).toBe(expected);
  });

  it('says once what is wrong with all of them', async () => {
    const stopped = { ...well, trouble: 'ScriptFrobbed is not known here.' };
    const say = async (...builds: readonly BuildReport[]) => {
      await api?.stop();
      const { run } = await beside({ 'GET /v1/ops/projections': { body: { builds, jobs: [] } } });
      return (await run({}, 'status')).out;
    };
    const twice = await say(stopped, { ...stopped, build: 3, state: 'following' });
    expect(twice.match(/ScriptFrobbed/g)).toHaveLength(1);
    const left = { ...well, hasWriter: false };
    const alone = await say(left, { ...left, projection: 'scripts' });
    expect(alone.match(/no projector runs: start one/g)).toHaveLength(1);
    expect(alone).not.toContain('keeps build');
  });

  it.each<[string, number, string, Partial<Job>]>([
    ['verify', 0, 'rows are equal', { result: { builds: [{ projection: 'runs', build: 3, equal: true }] } }],
    ['verify', 30, 'rows differ', { result: { builds: [{ projection: 'runs', build: 3, equal: false }] } }],
    ['rebuild', 5, 'it is refused', { state: 'refused', result: { reason: 'Streams are parked.' } }],
    ['rollback', 5, 'there is nothing to go back to', { state: 'refused', result: { reason: 'None.' } }],
    ['drop', 31, 'somebody aborted it', { state: 'aborted', result: { abortedBy: 'olga' } }],
  ])('of %s is %i when %s', async (kind, expected, _what, more) => {
    const ended = { ...job, kind, state: 'done', endedAt: '2026-11-21T11:59:09.000Z', ...more };
    const { run } = await beside({
      [`POST /v1/ops/projections/${kind}`]: { status: 202, body: { ...job, kind, state: 'queued' } },
      [path]: { body: ended },
    });
    expect((await run({}, kind, 'runs')).exitCode).toBe(expected);
  });

  it.each([
    [6, problem(503, 'unavailable')],
    [4, problem(404, 'projection-not-found')],
  ])('of any of them is %i when the API says so', async (expected, answer) => {
    const { run } = await beside({
      'POST /v1/ops/projections/pause': answer,
      'GET /v1/ops/projections/parked': answer,
    });
    expect((await run({}, 'pause', 'runs')).exitCode).toBe(expected);
    expect((await run({}, 'parked', 'list')).exitCode).toBe(expected);
  });
});

describe('the log of acts', () => {
  it('is a line each: who, what, of what; a projector’s doing with the name of whom it was for', async () => {
    const at = '2026-11-21T11:59:00.000Z';
    const act = { position: '700', at, by: 'olga', release: '1', type: 'ProjectionsPaused' };
    const proven = { kind: 'rebuild', projection: 'runs', build: 3, against: 1, equal: true, by: 'paul' };
    const items = [
      { ...act, data: { projections: ['runs', 'versions'] } },
      { ...act, by: 'projector', type: 'BuildCertified', data: proven },
      {
        ...{ ...act, type: 'ProjectionJobRequested' },
        data: { kind: 'rebuild', projections: ['runs'], options: { swap: true, acceptDifferences: true } },
      },
    ];
    const { run } = await beside({ 'GET /v1/ops/projections/acts': { body: { items } } });
    const { out } = await run({}, 'acts');
    expect(out).toMatch(/olga +ProjectionsPaused +projections runs versions +700/);
    expect(out).toMatch(
      /paul +BuildCertified +kind rebuild, projection runs, build 3, against 1, equal true +700/,
    );
    expect(out).toMatch(
      /ProjectionJobRequested +kind rebuild, projections runs, acceptDifferences true +700/,
    );
    expect(JSON.parse((await run({}, 'acts', '--json')).out)).toEqual({ items });
  });
});
