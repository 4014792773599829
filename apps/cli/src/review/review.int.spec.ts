import { afterEach, describe, expect, it } from '@jest/globals';
import { problem, someScript, someVersion } from '../api-answers.fixtures.js';
import { furnishDirectory, runIn } from '../run-cli.fixtures.js';
import type { Review } from '../session/answers.js';
import { type Replies, type Reply, startStubApi, type StubApi } from '../stub-api.fixtures.js';

let api: StubApi | undefined;
const stop = async (): Promise<void> => {
  await api?.stop();
  api = undefined;
};
afterEach(stop);

const review = (slug: string, more: Partial<Review> = {}): Review => ({
  slug,
  name: 'Tidy \u001b[2Jmarks',
  labels: [],
  number: 3,
  versionId: someVersion.versionId,
  contentHash: someVersion.contentHash,
  changeSummary: 'Skip empty rows',
  author: 'author',
  round: 1,
  policy: { requiredApprovals: 1, fourEyes: true },
  requiredApprovals: 1,
  fourEyes: true,
  stage: 'approval',
  missing: 1,
  approvals: [],
  submittedBy: 'author',
  submittedAt: '2026-11-21T11:00:00.000Z',
  ...more,
});

const decided = (slug: string) => ({
  body: {
    scriptId: someScript.scriptId,
    slug,
    changed: true,
    number: 3,
    versionId: someVersion.versionId,
    state: 'in_review',
  },
});

const source = '--- a@2/source\n+++ a@3/source\n@@ -1 +1 @@\n-old\n+new\n';
const diff = { from: 2, to: 3, same: false, source, fields: [] };

/** Two scripts that wait for an approval and one to be published; what a person types is `stdin`. */
async function sit(stdin: string, argv: readonly string[] = [], more: Replies = {}, terminal = true) {
  await stop();
  const slugs = ['first', 'second', 'third'];
  const [first, second, third] = slugs;
  const items = [
    review(first ?? ''),
    review(second ?? ''),
    review(third ?? '', { stage: 'publishing', missing: 0 }),
  ];
  const replies: Replies = {
    'GET /v1/reviews': { body: { items, next: null } },
    ...Object.fromEntries(
      slugs.flatMap((slug): [string, Reply][] => [
        [`GET /v1/scripts/${slug}`, { body: { ...someScript, slug } }],
        [`GET /v1/scripts/${slug}/diff`, { body: diff }],
        ...['approve', 'request-changes', 'publish'].map((step): [string, Reply] => [
          `POST /v1/scripts/${slug}/versions/3/${step}`,
          decided(slug),
        ]),
      ]),
    ),
    ...more,
  };
  const stub = await startStubApi(replies);
  api = stub;
  const env = { STEMMA_API_URL: stub.url, NO_COLOR: '1' };
  const outcome = await runIn({ directory: furnishDirectory(), env, stdin, terminal }, 'review', ...argv);
  const sent = stub.asked
    .filter(({ line }) => line.startsWith('POST'))
    .map(({ line, body }) => `${line.replace('POST /v1/scripts/', '').replace('/versions/3', '')} ${body}`);
  return { ...outcome, sent };
}

describe('reviewing at a terminal', () => {
  it('shows one after the other with its difference, and does what is said', async () => {
    const { exitCode, out, sent } = await sit('a\nWell done\nr\nName the columns\np\n');
    expect(sent).toEqual([
      'first/approve {"reviewNote":"Well done"}',
      'second/request-changes {"reviewNote":"Name the columns"}',
      'third/publish {}',
    ]);
    expect(out).toContain('version 3 of first');
    expect(out).toMatch(/^-old\n\+new$/m);
    expect(out).toMatch(/\[a\]pprove, \[r\]equest changes, \[s\]kip, \[q\]uit\? /);
    expect(out).toMatch(/\[p\]ublish, \[r\]equest changes/);
    expect(out).toContain('3 decided, 0 skipped; 0 left.');
    expect(out).not.toContain('\u001b[2J');
    expect(exitCode).toBe(0);
  });

  it('shows all of a version where none is active: the drafts before it were looked at by nobody', async () => {
    const { out } = await sit('q\n', [], {
      'GET /v1/scripts/first': { body: { ...someScript, slug: 'first', activeNumber: null } },
      'GET /v1/scripts/first/versions/3/content': {
        body: {
          versionId: someVersion.versionId,
          number: 3,
          contentHash: someVersion.contentHash,
          content: { runtime: 'node', source: 'one\ntwo\n', settings: { retries: { max: 2 } } },
        },
      },
    });
    expect(out).toMatch(/^\+one\n\+two$/m);
    expect(out).toMatch(/^\/settings \(added\)\n\+ \{"retries":\{"max":2\}\}$/m);
    expect(out).not.toContain('-old');
  });

  it('asks again for what it does not know, takes no words as none, and skips what needs some', async () => {
    const { out, sent } = await sit('x\n\na\n\nr\n\ns\n');
    expect(sent).toEqual(['first/approve {}']);
    expect(out).toContain('1 decided, 2 skipped; 2 left.');
  });

  it('leaves the rest when the person does, or their input ends', async () => {
    for (const typed of ['q\n', '', 'a\n']) {
      const { sent, exitCode } = await sit(typed);
      expect({ sent, exitCode }).toEqual({ sent: [], exitCode: 0 });
    }
  });

  it('tells of a refusal and goes on with the next', async () => {
    const refusal = { 'POST /v1/scripts/first/versions/3/approve': problem(403, 'four-eyes') };
    const { out, sent, exitCode } = await sit('a\n\na\n\nq\n', [], refusal);
    expect(out).toContain('Detail of four-eyes');
    expect(sent).toHaveLength(2);
    expect(out).toContain('1 decided, 0 skipped, 1 failed; 2 left.');
    expect(exitCode).toBe(1);
  });
});

describe('reviewing without a terminal', () => {
  it('lists and asks nothing', async () => {
    const listed = await sit('a\n', [], {}, false);
    expect(listed.out).toMatch(/^first +3 +author .* 1 of 1 approval/m);
    expect(listed.out).toMatch(/^third .* to be published/m);
    expect(listed.sent).toEqual([]);
    const json = await sit('a\n', ['--json']);
    expect(JSON.parse(json.out)).toMatchObject({ items: [{ slug: 'first' }, {}, {}], next: null });
  });

  it('decides by its options', async () => {
    const { sent, out } = await sit('', ['first', '--approve', '--note', 'Good.'], {}, false);
    expect(sent).toEqual(['first/approve {"reviewNote":"Good."}']);
    expect(out).toContain('Version 3 of first is approved by you.');
  });

  it.each([
    [['--approve'], 'Name the script'],
    [['first', '--request-changes'], 'Say with --note'],
    [['first', '--approve', '--publish'], 'cannot be used with'],
    [['first', '--note', 'x'], 'goes with --approve'],
    [['first', '--publish', '--note', 'x'], 'goes with --approve'],
  ])('%j: says how to ask', async (argv, words) => {
    const { exitCode, err, sent } = await sit('', argv, {}, false);
    expect({ exitCode, sent }).toEqual({ exitCode: 2, sent: [] });
    expect(err).toContain(words);
  });
});
