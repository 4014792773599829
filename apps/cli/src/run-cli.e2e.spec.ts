import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { startSystem, type System } from '@stemma/testing';
import { furnishDirectory, type Outcome, runIn } from './run-cli.fixtures.js';

let system: System;
const directory = furnishDirectory();

beforeAll(async () => {
  system = await startSystem();
}, 60_000);
afterAll(() => system.stop(), 30_000);

const run = (...argv: readonly string[]): Promise<Outcome> => {
  const env = { STEMMA_API_URL: system.apiUrl, STEMMA_STATE_DIR: system.stateDir };
  return runIn({ directory, env }, ...argv);
};

/** What a command that must work says. */
async function say(...argv: readonly string[]): Promise<string> {
  const { exitCode, out, err } = await run(...argv);
  expect({ argv, exitCode, err }).toEqual({ argv, exitCode: 0, err: '' });
  return out;
}

async function tell<T>(...argv: readonly string[]): Promise<T> {
  return JSON.parse(await say(...argv, '--json')) as T;
}

const write = (source: string): void => writeFileSync(path.join(directory, 'tidy.py'), source);

describe('the life of a script, by hand', () => {
  it('leads from draft to active and back, each step seen by the next command at once', async () => {
    await say(
      'script',
      'create',
      'tidy-marks',
      '--name',
      'Tidy marks',
      '--label',
      'csv',
      '--label',
      'school',
    );
    write('def run(x):\n    return 1\n');
    expect(await say('script', 'push', 'tidy-marks', 'tidy.py')).toContain(
      'Version 1 of tidy-marks is saved',
    );
    write('def run(x):\n    return 2\n');
    await say('script', 'push', 'tidy-marks', 'tidy.py', '--summary', 'Return two');
    expect(await say('script', 'versions', 'tidy-marks')).toMatch(/^2 +draft .*Return two$/m);

    await say('script', 'submit', 'tidy-marks');
    expect((await run('script', 'approve', 'tidy-marks')).exitCode).toBe(3);
    await say('--as', 'reviewer', 'script', 'approve', 'tidy-marks', '--note', 'Good.');
    expect(await say('--as', 'reviewer', 'script', 'publish', 'tidy-marks')).toContain(
      'is active; its state: active',
    );

    write('def run(x):\n    return 3\n');
    await say('script', 'push', 'tidy-marks', 'tidy.py');
    expect(await say('script', 'diff', 'tidy-marks')).toMatch(/^-    return 2\n\+    return 3$/m);
    await say('script', 'submit', 'tidy-marks');
    await say('--as', 'reviewer', 'script', 'request-changes', 'tidy-marks', '--note', 'Why three?');
    await say('script', 'submit', 'tidy-marks');
    await say('script', 'withdraw', 'tidy-marks');
    await say('script', 'submit', 'tidy-marks');
    await say('--as', 'reviewer', 'script', 'approve', 'tidy-marks');
    await say('--as', 'reviewer', 'script', 'publish', 'tidy-marks');
    await say('--as', 'admin', 'script', 'rollback', 'tidy-marks', '2', '--summary', 'Two was right');

    expect(await tell('script', 'show', 'tidy-marks')).toMatchObject({ activeNumber: 4, latestNumber: 4 });
    expect(await say('script', 'content', 'tidy-marks')).toBe('def run(x):\n    return 2\n');
    expect(await say('script', 'diff', 'tidy-marks', '2', '4')).toContain('have the same content');
    const history = await say('script', 'history', 'tidy-marks');
    expect(history).toMatch(/author +draft created +version 2: “Return two”/);
    expect(history).toMatch(/reviewer +changes requested +version 3, round 2: “Why three\?”/);
    expect(history).toMatch(
      /admin +draft created +version 4 by rollback, same content as 2: “Two was right”/,
    );
  });

  it('tells what was decided, who moved the active version, what came from what, and every change', async () => {
    const log = await say('script', 'log', 'tidy-marks');
    expect(log).toMatch(/reviewer +request changes +3 +2 +“Why three\?”/);
    expect(log).toMatch(/admin +rollback +4 +– +“Two was right”/);
    expect(await say('script', 'log', 'tidy-marks', '--active')).toMatch(/^4 .*admin +rollback +still is/m);
    expect(await say('script', 'lineage', 'tidy-marks')).toMatch(/^ {2}↳ 4 rollback +active/m);
    expect(await say('script', 'lineage', 'tidy-marks', '--format', 'dot')).toContain('v2 -> v4');
    expect((await run('script', 'audit')).exitCode).toBe(3);
    const audit = await say(
      '--as',
      'admin',
      'script',
      'audit',
      '--action',
      'create',
      '--script',
      'tidy-marks',
    );
    expect(audit).toMatch(/author {2}tidy-marks {2}create/);
    expect(await say('script', 'list', '--text', 'tid', '--count')).toContain('1 in all.');
  });

  it('leads a script through review, triggers, policy, pruning and its end', async () => {
    const admin = (...argv: readonly string[]) => say('--as', 'admin', 'script', ...argv);
    await say('script', 'create', 'daily-marks', '--type', 'cron');
    write('def run(x):\n    return 1\n');
    for (const _ of [1, 2]) await say('script', 'push', 'daily-marks', 'tidy.py');
    await admin('triggers', 'daily-marks', 'daily', '--cron', '0 7 * * 1-5', '--zone', 'Europe/Berlin');
    expect(await say('script', 'triggers', 'daily-marks')).toMatch(
      /daily +cron +0 7 \* \* 1-5 \(Europe\/Berlin\)/,
    );
    expect(await admin('policy', 'daily-marks', '--approvals', '2')).toContain('needs 2 approvals');
    await say('script', 'submit', 'daily-marks');
    expect(await say('--as', 'reviewer', 'review')).toMatch(/^daily-marks +2 +author .* 2 of 2 approvals/m);
    expect(await say('review')).toContain('Nothing waits for you.');
    await say('--as', 'reviewer', 'review', 'daily-marks', '--approve', '--note', 'Good.');
    expect(await say('review', '--anyone')).toMatch(/1 of 2 approvals; approved by reviewer/);
    expect(
      (await run('--as', 'admin', 'script', 'publish', 'daily-marks', '--break-glass', 'fire')).exitCode,
    ).toBe(2);
    await admin('publish', 'daily-marks', '--break-glass', 'The plant is on fire', '--yes');
    expect(await say('script', 'show', 'daily-marks', '2')).toContain('The plant is on fire');
    await admin('list-it', 'daily-marks');
    await admin('unlist', 'daily-marks');
    expect(await admin('prune', 'daily-marks', '--max-versions', '1', '--dry-run')).toContain(
      'would be given up',
    );
    expect(await admin('prune', 'daily-marks', '--max-versions', '1', '--yes')).toMatch(/^1 +\w{12}$/m);
    expect((await run('script', 'content', 'daily-marks', '1')).err).toContain(
      'stemma script log daily-marks',
    );
    await admin('retire', 'daily-marks', '--reason', 'No more marks', '--yes');
    expect((await run('script', 'push', 'daily-marks', 'tidy.py')).exitCode).toBe(5);
    expect(await say('script', 'history', 'daily-marks')).toMatch(/admin +script retired +“No more marks”/);
  });

  it('refuses a push on top of what is not the newest, with the head and the way on', async () => {
    const { exitCode, err } = await run('script', 'push', 'tidy-marks', 'tidy.py', '--base', '1');
    expect(exitCode).toBe(5);
    expect(err).toContain('tidy-marks now: newest 4, in review –, active 4');
    expect(err).toContain('stemma script diff tidy-marks 1 4');
  });

  it('does once what is asked twice with one key', async () => {
    const push = ['script', 'push', 'tidy-marks', 'tidy.py', '--base', '4', '--idempotency-key', 'k-1'];
    const first = await tell<{ number: number }>(...push);
    expect(await tell(...push)).toEqual(first);
    expect(first.number).toBe(5);
    expect(await tell('script', 'show', 'tidy-marks')).toMatchObject({ latestNumber: 5 });
    write('another');
    expect((await run(...push)).exitCode).toBe(1);
  });

  it('turns a script off and on', async () => {
    await say('--as', 'admin', 'script', 'disable', 'tidy-marks', '--reason', 'The data moved');
    expect(await say('script', 'show', 'tidy-marks')).toContain('disabled');
    await say('--as', 'admin', 'script', 'enable', 'tidy-marks');
    expect(await tell('script', 'show', 'tidy-marks')).toMatchObject({ enabled: true });
  });

  it('changes what a script says of itself', async () => {
    await say('script', 'describe', 'tidy-marks', '--description', 'Sorts and averages');
    expect(await say('script', 'list', '--label', 'csv')).toContain('Tidy marks');
    expect(await say('script', 'show', 'tidy-marks')).toContain('Sorts and averages');
  });

  it('says who one is and how the system is', async () => {
    expect(await tell('whoami', '--as', 'reviewer')).toMatchObject({ person: 'reviewer' });
    expect(await say('health')).toContain('is ready');
  });

  it.each([
    [['script', 'show', 'not-there'], 4],
    [['script', 'show', 'tidy-marks', '99'], 4],
    [['script', 'create', 'tidy-marks'], 5],
    [['script', 'publish', 'tidy-marks', '5'], 3],
    [['--as', 'reviewer', 'script', 'publish', 'tidy-marks', '5'], 5],
    [['--as', 'reviewer', 'script', 'publish', 'tidy-marks', '1'], 5],
    [['script', 'push', 'tidy-marks', '-', '--runtime', 'node'], 1],
  ])('refuses %j with exit code %i, and says so as a problem', async (argv, expected) => {
    const { exitCode, out, err } = await run(...argv, '--json');
    expect({ exitCode, out }).toEqual({ exitCode: expected, out: '' });
    expect(JSON.parse(err)).toMatchObject({ code: expect.any(String), detail: expect.any(String) });
  });
});

/** As the server's own superuser, whom no policy binds. */
async function forge(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: system.databaseSuperuserUrl });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

interface Status {
  readonly builds: readonly { readonly projection: string; readonly build: number; readonly state: string }[];
}

describe('operating projections, by hand', () => {
  const liveBuild = async (): Promise<number> => {
    const { builds } = await tell<Status>('projections', 'status');
    return builds.find(({ projection, state }) => projection === 'versions' && state === 'live')?.build ?? 0;
  };

  /** The same of a command that says on stderr how far it is. */
  const have = async (...argv: readonly string[]): Promise<string> => {
    const { exitCode, out } = await run('projections', ...argv);
    expect({ argv, exitCode }).toEqual({ argv, exitCode: 0 });
    return out;
  };

  it('shows that all is well, proves it, and has everything built anew', async () => {
    expect(await say('projections', 'status')).toMatch(/^versions +\d+ +\d+ +live +\d+ +– /m);
    expect(await have('verify')).toMatch(/^versions, build \d+: proven equal up to position \d+/m);
    const { exitCode, out, err } = await run('projections', 'rebuild', '--all');
    expect({ exitCode, out }).toMatchObject({ exitCode: 0, out: expect.stringMatching(/state +done/) });
    expect(err).toMatch(/^rebuild of .*\bversions\b.* for admin: /m);
    expect(await say('projections', 'certificates', 'versions', '--limit', '1')).toMatch(
      /rebuild +versions v\d+ .* equal .* admin$/m,
    );
    expect(await have('rollback', 'versions')).toContain('is read now');
    expect(await have('drop', '--all')).toContain('removed');
    expect(await say('projections', 'jobs')).toMatch(/drop +.*\bversions\b.* +done +admin/);
  });

  it('names the row that was changed by hand, refuses to swap, and repairs it when told so', async () => {
    await forge(`UPDATE versions__${await liveBuild()}.versions SET created_by = 'nobody' WHERE number = 1`);
    const forged = /created_by is "nobody" and should be "author"/;
    const verified = await run('projections', 'verify', 'versions');
    expect(verified).toMatchObject({ exitCode: 30, out: expect.stringMatching(forged) });
    const unwell = await run('projections', 'status');
    expect(unwell).toMatchObject({ exitCode: 32, out: expect.stringContaining('rows differ') });
    const refused = await run('projections', 'rebuild', 'versions');
    expect(refused).toMatchObject({ exitCode: 30, err: expect.stringMatching(forged) });
    expect(refused.err).toContain('stemma projections swap versions --accept-differences');
    await have('swap', 'versions', '--accept-differences');
    await have('verify', 'versions');
    await say('projections', 'status');
  });

  it('pauses and resumes, and says who did', async () => {
    await say('projections', 'pause', 'scripts');
    expect((await run('projections', 'status')).out).toContain('paused by admin');
    await say('projections', 'resume', '--all');
    expect(await say('projections', 'parked', 'list')).toContain('Nothing is parked.');
  });

  it.each([
    [['rebuild'], 2],
    [['rebuild', 'versions', '--all'], 2],
    [['rebuild', 'ghosts'], 4],
    [['parked', 'show', 'versions', 'script-x'], 4],
    [['rollback', 'runs'], 5],
    [['--as', 'author', 'status'], 3],
  ])('refuses `projections %j` with exit code %i', async (argv, expected) => {
    const { exitCode, out, err } = await run('projections', ...argv, '--json');
    expect({ exitCode, out }).toEqual({ exitCode: expected, out: '' });
    expect(JSON.parse(err)).toMatchObject({ code: expect.any(String), detail: expect.any(String) });
  });
});

describe('people, keys and tenants, by hand', () => {
  const admin = ['--as', 'admin'] as const;
  const withKey = (key: string, ...argv: readonly string[]): Promise<Outcome> =>
    runIn({ directory, env: { STEMMA_API_URL: system.apiUrl, STEMMA_API_KEY: key } }, ...argv);

  it('makes a person, gives her a key, and takes it away again', async () => {
    await say(...admin, 'principals', 'create', 'ann', '--role', 'author', '--name', 'Ann Example');
    const { key, keyId } = await tell<{ key: string; keyId: string }>(
      ...[...admin, 'keys', 'create', '--for', 'ann', '--scope', 'script:read', '--expires', '30d'],
    );
    const me = await withKey(key, 'whoami');
    expect(me.out).toMatch(/person +ann\n.*name +Ann Example\n/s);
    expect((await withKey(key, 'script', 'create', 'hers')).exitCode).toBe(3);
    expect(await say(...admin, 'keys', 'list', '--all')).toMatch(/ann +– +script:read +until /);
    await say(...admin, 'principals', 'roles', 'ann', 'viewer');
    expect(await say(...admin, 'principals', 'show', 'ann')).toContain('viewer');
    expect((await run(...admin, 'principals', 'suspend', 'admin')).exitCode).toBe(5);
    await say(...admin, 'keys', 'revoke', keyId, '--reason', 'lost');
    expect((await withKey(key, 'whoami')).exitCode).toBe(3);
    await say(...admin, 'principals', 'forget', 'ann');
    expect(await say(...admin, 'principals', 'list')).not.toContain('Ann Example');
  });

  it('makes a tenant whose administrator makes the rest, and suspends it', async () => {
    const { key } = await tell<{ key: string }>(...admin, 'tenants', 'create', 'acme');
    const policy = await withKey(key, 'tenant', 'policy', '--approvals', '2');
    expect(policy.out).toContain('2 approvals, never the author’s');
    expect((await withKey(key, 'tenants', 'list')).exitCode).toBe(3);
    await say(...admin, 'tenants', 'suspend', 'acme');
    const refused = await withKey(key, 'script', 'create', 'theirs');
    expect(refused.err).toContain('suspended');
    expect(await say(...admin, 'tenants', 'list')).toMatch(/acme .*suspended/);
    await say(...admin, 'tenants', 'restore', 'acme');
    expect((await withKey(key, 'script', 'create', 'theirs')).exitCode).toBe(0);
    expect((await run(...admin, 'tenants', 'suspend', 'nobody')).exitCode).toBe(4);
    await say(...admin, 'tenant', 'denials');
  });
});
