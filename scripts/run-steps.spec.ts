import { describe, expect, it } from '@jest/globals';
import { runSteps } from './run-steps.mjs';

const says = (name: string, text: string, code = 0) => ({
  name,
  command: [process.execPath, '-e', `console.log(${JSON.stringify(text)}); process.exit(${code})`],
});

async function run(...steps: { name: string; command: string[] }[]) {
  let written = '';
  const passed = await runSteps(steps, { atOnce: 2, write: (text) => (written += text) });
  return { passed, written };
}

describe('the steps of the check', () => {
  it('pass with a line each when all pass, whatever they print', async () => {
    const { passed, written } = await run(says('one', 'loud'), says('two', 'loud'), says('three', 'loud'));
    expect(passed).toBe(true);
    expect(written.split('\n').sort()).toEqual([
      '',
      ...['one', 'three', 'two'].map((name) => lineOf('✓', name)),
    ]);
  });

  it('fail when one fails, and show its whole output after all lines', async () => {
    const long = Array.from({ length: 5_000 }, (_, index) => `fault ${index}`).join('\n');
    const { passed, written } = await run(says('good', 'quiet'), says('bad', long, 3), says('last', 'quiet'));
    expect(passed).toBe(false);
    expect(written).toContain(long);
    expect(written).not.toContain('quiet\n');
    expect(written.indexOf('✓ last')).toBeLessThan(written.indexOf('fault 0'));
  });

  it('fail when a program is not there, and name it', async () => {
    const { passed, written } = await run({ name: 'gone', command: ['/not/there'] });
    expect(passed).toBe(false);
    expect(written).toContain('/not/there could not be started');
  });
});

const lineOf = (mark: string, name: string): unknown =>
  expect.stringMatching(new RegExp(`^${mark} ${name} +[0-9.]+ s$`));
