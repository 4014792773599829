import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileOf, openTestRunner, runIn, sha256 } from './runner.fixtures.js';
import type { Runner } from './index.js';

let runner: Runner;
beforeAll(async () => {
  runner = await openTestRunner();
  await Promise.all([runner.sandboxOf('node'), runner.sandboxOf('python')]);
}, 120_000);
afterAll(() => runner.close());

const same = {
  input: { name: 'Ada', list: [1, 2.5, null, 'ü'] },
  settings: { greeting: 'Hello' },
  files: [fileOf('data.csv', 'a,b\n1,2\n'), fileOf('leer.bin', '')],
};

const inNode = `
import { readFileSync } from 'node:fs';
export async function run(input, context) {
  console.log('printed', input.list);
  console.error('printed as an error');
  context.log.debug('said %d', 1); context.log.info('said'); context.log.warn('said'); context.log.error('said');
  await context.writeArtifact('reports/übersicht.md', '# Report');
  await context.writeArtifact('bytes.bin', new Uint8Array([0, 255]));
  await context.writeArtifact('stream.txt', (async function* () { yield 'one '; yield Buffer.from('two'); })());
  const { runId, attempt, scriptSlug, versionNumber } = context;
  return {
    hello: context.settings.greeting + ' ' + input.name, list: input.list,
    csv: readFileSync(context.files['data.csv'], 'utf8'), empty: readFileSync(context.files['leer.bin']).length,
    known: [attempt, scriptSlug, versionNumber, typeof runId],
  };
}`;

const inPython = `
import sys
async def run(input, context):
    print('printed', input['list'])
    print('printed as an error', file=sys.stderr)
    context.log.debug('said %d', 1); context.log.info('said'); context.log.warn('said'); context.log.error('said')
    context.write_artifact('reports/übersicht.md', '# Report')
    context.write_artifact('bytes.bin', bytes([0, 255]))
    context.write_artifact('stream.txt', (piece for piece in ['one ', b'two']))
    return {
        'hello': context.settings['greeting'] + ' ' + input['name'], 'list': input['list'],
        'csv': open(context.files['data.csv']).read(), 'empty': len(open(context.files['leer.bin'], 'rb').read()),
        'known': [context.attempt, context.script_slug, context.version_number, 'string'],
    }`;

describe('a run', () => {
  it.each([
    ['node', inNode, "printed [ 1, 2.5, null, 'ü' ]"],
    ['python', inPython, "printed [1, 2.5, None, 'ü']"],
  ] as const)(
    'D5 of %s gets input, files and settings over stdin, and gives a result, logs and artifacts over stdout',
    async (runtime, source, printed) => {
      const { outcome, logs, stored } = await runIn(runner, { ...same, runtime, source });
      expect(outcome).toMatchObject({
        ...{ status: 'completed', reason: 'returned', exitCode: 0, oomKilled: false, error: null },
        output: { hello: 'Hello Ada', list: same.input.list, csv: 'a,b\n1,2\n', empty: 0 },
      });
      expect(outcome.output).toHaveProperty('known', [1, 'a-script', 3, 'string']);
      expect(new Set(logs.map(({ stream, level, message }) => `${stream} ${level} ${message}`))).toEqual(
        new Set([
          `stdout info ${printed}`,
          'stderr error printed as an error',
          'log debug said 1',
          'log info said',
          'log warn said',
          'log error said',
        ]),
      );
      expect(outcome.artifacts).toEqual([
        { name: 'reports/übersicht.md', size: 8, sha256: sha256(Buffer.from('# Report')) },
        { name: 'bytes.bin', size: 2, sha256: sha256(Buffer.from([0, 255])) },
        { name: 'stream.txt', size: 7, sha256: sha256(Buffer.from('one two')) },
      ]);
      expect(stored.get('stream.txt')?.toString()).toBe('one two');
      expect(outcome).toMatchObject(
        await runner.sandboxOf(runtime).then(({ imageDigest, profile }) => ({ imageDigest, profile })),
      );
    },
  );

  it('D5 of shell gets its input on stdin and in files, and leaves its result and artifacts in files', async () => {
    const source = `
      run() {
        cat; echo; echo "to the error stream" > /dev/stderr
        mkdir "$STEMMA_ARTIFACTS/reports"
        sed s/1/one/ "$STEMMA_FILES/data.csv" > "$STEMMA_ARTIFACTS/reports/changed.csv"
        echo "{\\"settings\\": $(cat "$STEMMA_SETTINGS"), \\"script\\": \\"$STEMMA_SCRIPT $STEMMA_VERSION\\"}" > "$STEMMA_RESULT"
      }`;
    const { outcome, logs, stored } = await runIn(runner, { ...same, runtime: 'shell', source });
    expect(outcome).toMatchObject({
      status: 'completed',
      output: { settings: { greeting: 'Hello' }, script: 'a-script 3' },
      artifacts: [{ name: 'reports/changed.csv' }],
    });
    expect(stored.get('reports/changed.csv')?.toString()).toBe('a,b\none,2\n');
    expect(logs).toContainEqual(
      expect.objectContaining({ stream: 'stdout', message: JSON.stringify(same.input) }),
    );
    expect(logs).toContainEqual(
      expect.objectContaining({ stream: 'stderr', message: 'to the error stream' }),
    );
  });

  it('of shell calls the function that it names, whatever the script makes of its words, and misses one that is not there', async () => {
    const source = 'set -- other; main() { echo called; }; other() { echo wrong; }';
    const called = await runIn(runner, { runtime: 'shell', source, entrypoint: 'main' });
    expect(called).toMatchObject({ outcome: { status: 'completed' }, lines: ['called'] });
    const missed = await runIn(runner, { runtime: 'shell', source, entrypoint: 'gone' });
    expect(missed.outcome).toMatchObject({
      status: 'failed',
      reason: 'entrypoint-missing',
      error: { message: 'The script defines no function "gone".' },
    });
  });

  it.each([
    ['node', 'export function run() {\n  throw new TypeError("no")\n}', 'script.js:2:9'],
    ['python', 'def run(i, c):\n  raise ValueError("no")', 'line 2, in run'],
    ['python', 'def run(i, c)\n  return 1', 'line 1'],
    ['node', 'export const run = ( =>', 'script.js:1'],
  ] as const)('of %s that throws tells in its log where', async (runtime, source, place) => {
    const { outcome, logs } = await runIn(runner, { runtime, source });
    expect(outcome).toMatchObject({ status: 'failed' });
    expect(logs.at(-1)).toMatchObject({
      stream: 'stderr',
      level: 'error',
      message: expect.stringContaining(place),
    });
  });

  it.each([
    [
      'node',
      `import fs from 'node:fs';
       export const run = (i, { files }) => { try { fs.appendFileSync(files['data.csv'], 'x') } catch (error) { return error.code } }`,
    ],
    [
      'python',
      `def run(i, c):
    try: open(c.files['data.csv'], 'a')
    except OSError as error: return 'EACCES' if error.errno == 13 else error.errno`,
    ],
    [
      'shell',
      `(echo x >> "$STEMMA_FILES/data.csv" || touch "$STEMMA_FILES/other") 2>/dev/null || echo '"EACCES"' > "$STEMMA_RESULT"`,
    ],
  ] as const)('of %s reads its files and cannot write to them', async (runtime, source) => {
    const { outcome } = await runIn(runner, { runtime, source, files: [fileOf('data.csv', 'a,b')] });
    expect(outcome).toMatchObject({ status: 'completed', output: 'EACCES' });
  });

  it('D5 of shell: the example counts its files, and sets variables to find its run by', async () => {
    const example = path.resolve(import.meta.dirname, '../../../examples/text-census');
    const read = (name: string): string => readFileSync(path.join(example, name), 'utf8');
    const files = ['two-lines.txt', 'three-lines.txt'].map((name) => fileOf(name, read(`texts/${name}`)));
    const wanted = { runtime: 'shell', source: read('census.sh'), files } as const;
    const { outcome, lines, stored } = await runIn(runner, wanted);
    const found = { words: 26, largest: 'three-lines.txt' };
    expect(outcome).toMatchObject({ status: 'completed', output: found });
    expect(outcome.variables).toEqual([
      { name: 'largest', type: 'string', value: found.largest },
      { name: 'words', type: 'number', value: found.words },
    ]);
    expect(lines).toEqual(['three-lines.txt: 18 words', 'two-lines.txt: 8 words']);
    expect(stored.get('census.tsv')?.toString().split('\n')).toHaveLength(4);
  });

  it('tells its logs while it runs, in their order and with a clock that never goes back', async () => {
    const source = `export async function run() {
      for (let i = 0; i < 5; i += 1) { console.log('line ' + i); await new Promise((r) => setTimeout(r, 40)); }
    }`;
    const { outcome, logs, lines } = await runIn(runner, { runtime: 'node', source });
    expect(outcome).toMatchObject({ status: 'completed', output: null });
    expect(lines).toEqual(['line 0', 'line 1', 'line 2', 'line 3', 'line 4']);
    const times = logs.map(({ at }) => at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect((times[4] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(100);
  });

  it('leaves no container behind', async () => {
    await runIn(runner, { runtime: 'node', source: 'exports.run = () => 1' });
    expect(await runner.listContainers()).toEqual([]);
  });
});
