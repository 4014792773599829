import { afterEach, describe, expect, it } from '@jest/globals';
import { someScript } from '../api-answers.fixtures.js';
import { furnishDirectory, runIn } from '../run-cli.fixtures.js';
import { startStubApi, type StubApi } from '../stub-api.fixtures.js';

let api: StubApi | undefined;
const stop = async (): Promise<void> => {
  await api?.stop();
  api = undefined;
};
afterEach(stop);

const ofScript = { scriptId: someScript.scriptId, slug: 'tidy-marks', changed: true };
const versions = [{ versionId: someScript.scriptId, number: 1, contentHash: 'ab'.repeat(32) }];
const base = '/v1/scripts/tidy-marks';
const tenant = {
  tenantId: someScript.scriptId,
  name: 'school',
  suspended: false,
  reviewPolicy: { requiredApprovals: 3, fourEyes: true },
  createdBy: 'admin',
  createdAt: '2026-11-21T10:00:00.000Z',
};

interface Typed {
  readonly stdin?: string;
  readonly terminal?: boolean;
}

/** What is said and what is sent, dry runs left out, when `script …` is typed. */
async function script(argv: readonly string[], { stdin = '', terminal = false }: Typed = {}) {
  await stop();
  const stub = await startStubApi({
    [`GET ${base}`]: { body: someScript },
    'GET /v1/tenant': { body: tenant },
    [`POST ${base}/retire`]: { body: ofScript },
    [`PUT ${base}/review-policy`]: { body: ofScript },
    [`PUT ${base}/prune-policy`]: { body: ofScript },
    [`PUT ${base}/triggers/daily`]: { body: { ...ofScript, name: 'daily', triggerId: someScript.scriptId } },
    [`POST ${base}/prune`]: ({ body }) => ({
      body: { ...ofScript, dryRun: body.includes('"dryRun":true'), versions },
    }),
  });
  api = stub;
  const env = { STEMMA_API_URL: stub.url, NO_COLOR: '1' };
  const outcome = await runIn({ directory: furnishDirectory(), env, stdin, terminal }, 'script', ...argv);
  const sent = stub.asked
    .filter(({ line, body }) => !line.startsWith('GET') && !body.includes('"dryRun":true'))
    .map(({ line, body }) => `${line.replace(base, '')} ${body}`);
  return { ...outcome, sent };
}

describe('what cannot be taken back', () => {
  it('is asked about at a terminal, and not done for anything but a yes', async () => {
    const retired = await script(['retire', 'tidy-marks'], { stdin: 'y\n', terminal: true });
    expect(retired.sent).toEqual(['POST /retire {"reason":null}']);
    expect(retired.out).toContain('End tidy-marks for ever? Nobody can undo it. [y/N] ');
    for (const stdin of ['n\n', '\n', '', 'yesterday\n']) {
      const { sent, exitCode, err } = await script(['retire', 'tidy-marks'], { stdin, terminal: true });
      expect({ sent, exitCode }).toEqual({ sent: [], exitCode: 2 });
      expect(err).toContain('Nothing was done');
    }
  });

  it('needs --yes where nobody is there to ask', async () => {
    const { sent, exitCode, err } = await script(['retire', 'tidy-marks'], { stdin: 'y\n' });
    expect({ sent, exitCode }).toEqual({ sent: [], exitCode: 2 });
    expect(err).toContain('Say --yes');
    expect((await script(['retire', 'tidy-marks', '--yes', '--json'])).sent).toHaveLength(1);
  });

  it('shows which versions are pruned before it asks', async () => {
    const argv = ['prune', 'tidy-marks', '--max-versions', '3'];
    const kept = await script(argv, { stdin: 'n\n', terminal: true });
    expect(kept.out).toMatch(/^1 +(ab)+$/m);
    expect(kept.out).toContain('The content of 1 version of tidy-marks would be given up.');
    expect(kept.sent).toEqual([]);
    const pruned = await script(argv, { stdin: 'y\n', terminal: true });
    expect(pruned.sent).toEqual(['POST /prune {"maxVersions":3,"retentionDays":null,"dryRun":false}']);
    const dry = await script([...argv, '--dry-run', '--json']);
    expect(dry.sent).toEqual([]);
    expect(JSON.parse(dry.out)).toMatchObject({ dryRun: true, versions });
  });
});

describe('policies and triggers', () => {
  it('keep what the command line does not name', async () => {
    expect((await script(['policy', 'tidy-marks', '--approvals', '2'])).sent).toEqual([
      'PUT /review-policy {"policy":{"requiredApprovals":2,"fourEyes":true},"baseNumber":4}',
    ]);
    expect((await script(['policy', 'tidy-marks', '--no-four-eyes'])).sent).toEqual([
      'PUT /review-policy {"policy":{"requiredApprovals":3,"fourEyes":false},"baseNumber":4}',
    ]);
    expect((await script(['policy', 'tidy-marks', '--tenant', '--base', '3'])).sent).toEqual([
      'PUT /review-policy {"policy":null,"baseNumber":3}',
    ]);
    expect((await script(['prune', 'tidy-marks', '--max-versions', '9', '--hourly'])).sent).toEqual([
      'PUT /prune-policy {"policy":{"maxVersions":9,"retentionDays":null},"baseNumber":4}',
    ]);
    expect((await script(['triggers', 'tidy-marks', 'daily', '--http', 'post /marks'])).sent).toEqual([
      'PUT /triggers/daily {"kind":"http","method":"POST","path":"/marks"}',
    ]);
  });

  it('are shown when nothing is to change', async () => {
    expect((await script(['policy', 'tidy-marks'])).out).toContain(
      'needs 3 approvals, none of them by the author. This is the policy of the tenant.',
    );
    expect((await script(['triggers', 'tidy-marks'])).out).toContain('Nothing starts tidy-marks by itself.');
  });

  it.each([
    [['policy', 'tidy-marks', '--approvals', '11'], 'from 0 to 10'],
    [['policy', 'tidy-marks', '--tenant', '--approvals', '1'], 'cannot be used with'],
    [['triggers', 'tidy-marks', '--cron', '0 7 * * *'], 'Name the trigger'],
    [['triggers', 'tidy-marks', 'daily'], 'Say --cron, --http or --remove'],
    [['triggers', 'tidy-marks', 'daily', '--http', '/marks'], 'a method and a path'],
    [['prune', 'tidy-marks'], 'Say --max-versions'],
    [['prune', 'tidy-marks', '--never', '--max-versions', '1'], 'cannot be used with'],
  ])('%j: says how to ask', async (argv, words) => {
    const { exitCode, err, sent } = await script(argv);
    expect({ exitCode, sent }).toEqual({ exitCode: 2, sent: [] });
    expect(err).toContain(words);
  });
});
