import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startSystem, type System } from '@stemma/testing';
import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { furnishDirectory, type Outcome, runIn } from '../run-cli.fixtures.js';

let system: System;
const directory = furnishDirectory();

beforeAll(async () => {
  system = await startSystem({ runs: true });
  await system.startWorker();
}, 180_000);
afterAll(() => system.stop(), 60_000);

const run = (...argv: readonly string[]): Promise<Outcome> => {
  const env = { STEMMA_API_URL: system.apiUrl, STEMMA_STATE_DIR: system.stateDir };
  return runIn({ directory, env }, ...argv);
};

async function say(...argv: readonly string[]): Promise<string> {
  const { exitCode, out, err } = await run(...argv);
  expect({ argv, exitCode, err }).toEqual({ argv, exitCode: 0, err: '' });
  return out;
}

const source = `
import csv
def run(input, context):
    rows = list(csv.reader(open(context.files["marks.csv"])))
    context.log.info("rows: %d" % len(rows))
    if input.get("fail"):
        raise ValueError("as asked")
    context.write_artifact("sum.txt", str(sum(int(row[0]) for row in rows)))
    return {"rows": len(rows)}
`;

const examples = path.resolve(import.meta.dirname, '../../../../examples');

/** The command lines of ours that the page of an example tells. */
function commandsOf(example: string): readonly (readonly string[])[] {
  const page = readFileSync(path.join(examples, example, 'README.md'), 'utf8');
  const lines = [...page.matchAll(/^npm run -s stemma -- (.+)$/gm)].map(([, words = '']) => words.split(' '));
  return lines.map((words) => words.map((word) => word.replace(/^examples/, examples)));
}

describe('a run, by hand', () => {
  it('of a draft in the sandbox is followed to its result, and its artifact taken home', async () => {
    writeFileSync(path.join(directory, 'sum.py'), source);
    writeFileSync(path.join(directory, 'marks.csv'), '1\n2\n3\n');
    await say('script', 'create', 'sum-marks');
    await say('script', 'push', 'sum-marks', 'sum.py');
    const out = await say('run', 'sum-marks', '--sandbox', '--file', 'marks.csv', '--follow');
    expect(out).toMatch(/ info +rows: 3$/m);
    expect(out).toMatch(/^status +completed$/m);
    const [runId = ''] = /[0-9a-f-]{36}/.exec(out) ?? [];
    await say('runs', 'artifact', runId, 'sum.txt');
    expect(readFileSync(path.join(directory, 'sum.txt'), 'utf8')).toBe('6');
    expect(JSON.parse(await say('runs', 'output', runId))).toEqual({ rows: 3 });
    expect(await say('runs', 'logs', runId)).toMatch(/ info +rows: 3$/m);
    expect(await say('runs', 'list', '--script', 'sum-marks')).toContain(runId);
  }, 60_000);

  it('that fails says why, and its exit code says so to machines', async () => {
    writeFileSync(path.join(directory, 'fail.json'), '{"fail": true}');
    const words = ['--sandbox', '--file', 'marks.csv', '--input', 'fail.json', '--follow', '--json'];
    const { exitCode, out } = await run('run', 'sum-marks', ...words);
    expect(exitCode).toBe(20);
    expect(JSON.parse(out)).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('as asked') },
    });
  }, 60_000);

  it('A8 of the example with a secret signs what it is given, and its key is shown to nobody', async () => {
    const key = randomBytes(32).toString('hex');
    writeFileSync(path.join(directory, 'manifest.key'), `${key}\n`);
    let [runId, said] = ['', ''];
    for (const words of commandsOf('signed-manifest')) {
      const out = await say(...words.map((word) => word.replace('<run>', runId)));
      if (words[0] === 'run') [runId = ''] = /[0-9a-f-]{36}/.exec(out) ?? [];
      said += out;
    }
    const [manifest = '', signature = ''] = ['manifest.json', 'manifest.json.hmac'].map((name) =>
      readFileSync(path.join(directory, name), 'utf8'),
    );
    expect(signature.trim()).toBe(createHmac('sha256', key).update(manifest).digest('hex'));
    expect(JSON.parse(manifest)).toMatchObject({
      files: [{ name: 'three-lines.txt' }, { name: 'two-lines.txt' }],
    });
    expect(said).toContain('signing 2 files with ***');
    expect(said).not.toContain(key);
  }, 60_000);

  it('in production needs an active version', async () => {
    const { exitCode, err } = await run('run', 'sum-marks');
    expect(exitCode).toBe(5);
    expect(err).toContain('stemma run sum-marks --sandbox');
  });
});
