import { describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { furnishDirectory, runIn } from './run-cli.fixtures.js';

const directory = furnishDirectory();
const run = (...argv: readonly string[]) => runIn({ directory }, ...argv);

describe('the command line', () => {
  it.each([['--help'], ['script', '--help'], ['script', 'push', '--help'], ['help', 'script']])(
    'helps on %j',
    async (...argv) => {
      const { exitCode, out, err } = await run(...argv);
      expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
      expect(out).toMatch(/^Usage: stemma/);
    },
  );

  it('tells its release', async () => {
    expect(await run('--version')).toEqual({ exitCode: 0, out: '0.1.0\n', err: '' });
  });

  it.each([
    [['script']],
    [['scrip', 'list']],
    [['script', 'lst']],
    [['script', 'show']],
    [['script', 'show', 'a1', 'two']],
    [['script', 'show', 'A_B']],
    [['script', 'show', 'a1', '0']],
    [['script', 'list', '--limit', '-1']],
    [['script', 'list', '--limit']],
    [['script', 'list', '--nope']],
    [['script', 'list', 'extra']],
    [['script', 'request-changes', 'a1', '2']],
    [['script', 'push', 'a1', 'x.py', '--runtime', 'cobol']],
    [['script', 'push', 'a1', 'x.py', '--base', '1.5']],
    [['script', 'push', 'a1', 'not-there.py']],
    [['script', 'push', 'a1', '-']],
    [['script', 'describe', 'a1']],
    [['whoami', '--url', 'nonsense']],
    [['whoami', '--idempotency-key', 'with space']],
    [['script', 'submit', 'a1', '--idempotency-key', 'k1']],
    [['script', 'push', 'a1', 'x.py', '--idempotency-key', 'k1']],
    [['event-node', '--dir', 'd', '--port', '70000']],
  ])('does not guess what %j means', async (argv) => {
    const { exitCode, out, err } = await run(...argv);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toMatch(/The command cannot be understood: /);
    const json = await run(...argv, '--json');
    expect({ exitCode: json.exitCode, out: json.out }).toEqual({ exitCode: 2, out: '' });
    expect(JSON.parse(json.err)).toMatchObject({ code: 'usage', detail: expect.stringMatching(/./) });
  });

  it('proposes the command that was meant', async () => {
    expect((await run('script', 'lst')).err).toContain('Did you mean list?');
  });

  it('refuses a source that is no text, and one whose runtime it cannot guess', async () => {
    writeFileSync(path.join(directory, 'image.py'), Buffer.from([0x89, 0x50, 0xff, 0xfe]));
    expect((await run('script', 'push', 'a1', 'image.py', '--base', '0')).err).toContain('is not UTF-8 text');
    expect((await run('script', 'push', 'a1', 'script.rb')).err).toContain('Say --runtime');
  });

  it('says which setting cannot be used', async () => {
    const { exitCode, err } = await runIn({ directory, env: { STEMMA_API_KEY: 'password' } }, 'whoami');
    expect(exitCode).toBe(2);
    expect(err).toContain('STEMMA_API_KEY is not of the form stm_<keyId>_<secret>');
  });

  it('says where it looked for a credential', async () => {
    const { exitCode, err } = await run('whoami', '--as', 'nobody');
    expect(exitCode).toBe(3);
    expect(err).toContain('There are: author, reviewer.');
  });
});
