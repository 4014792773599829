import { describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../failure.js';
import { furnishDirectory } from '../run-cli.fixtures.js';
import { findApiUrl } from './find-api-url.js';
import { findKey } from './find-key.js';
import { openPositionMemory } from './remember-position.js';
import { suggestNext } from './suggest-next.js';

const stateDirOf = (directory = furnishDirectory()): string => path.join(directory, '.stemma');

function failureOf(act: () => unknown): Failure {
  try {
    act();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('It did not fail.');
}

describe('the address of the API', () => {
  const stateDir = stateDirOf();
  const find = (flag?: string, setting?: string, dir = stateDir) =>
    findApiUrl({ flag, setting, stateDir: dir, port: 4280 });

  it('is that of --url, else of STEMMA_API_URL, else the usual one', () => {
    expect(find('http://a:1/', 'http://b:2')).toEqual({ url: 'http://a:1', source: 'from --url' });
    expect(find(undefined, 'https://b/x/')).toEqual({ url: 'https://b/x', source: 'from STEMMA_API_URL' });
    expect(find()).toEqual({ url: 'http://127.0.0.1:4280', source: 'the default address' });
  });

  it('is the one that npm start runs here', () => {
    const dir = stateDirOf();
    const file = path.join(dir, 'local.json');
    writeFileSync(file, JSON.stringify({ apiUrl: 'http://127.0.0.1:4999' }));
    expect(find(undefined, undefined, dir)).toEqual({ url: 'http://127.0.0.1:4999', source: `from ${file}` });
  });

  it.each(['', '{', '[]', 'null', '{"apiUrl":7}', '{"apiUrl":"file:///etc/passwd"}'])(
    'is the usual one when the note of npm start is unreadable: %j',
    (note) => {
      const dir = stateDirOf();
      writeFileSync(path.join(dir, 'local.json'), note);
      expect(find(undefined, undefined, dir).source).toBe('the default address');
    },
  );

  it.each(['nonsense', 'ftp://host', 'file:///x', ''])('is refused when it is none: %j', (given) => {
    expect(failureOf(() => find(given))).toMatchObject({ exitCode: 2, problem: { code: 'usage' } });
  });
});

describe('the key', () => {
  const stateDir = stateDirOf();

  it('is read from the credential of that name, author by default', () => {
    expect(findKey({ name: undefined, setting: undefined, stateDir })).toBe('stm_author_secret');
    expect(findKey({ name: 'reviewer', setting: undefined, stateDir })).toBe('stm_reviewer_secret');
  });

  it('is STEMMA_API_KEY when that is set, and then --as is refused rather than overheard', () => {
    expect(findKey({ name: undefined, setting: 'stm_x_y', stateDir })).toBe('stm_x_y');
    expect(failureOf(() => findKey({ name: 'reviewer', setting: 'stm_x_y', stateDir })).exitCode).toBe(2);
  });

  it('that is not there is an answer that lists those that are', () => {
    const failure = failureOf(() => findKey({ name: 'nobody', setting: undefined, stateDir }));
    expect(failure.exitCode).toBe(3);
    expect(failure.message).toMatch(/no credential “nobody”.*There are: author, reviewer\./);
  });

  it.each(['../author', '/etc/passwd', '..', '', 'a/b'])('is never read from elsewhere: %j', (name) => {
    expect(failureOf(() => findKey({ name, setting: undefined, stateDir })).exitCode).toBe(2);
  });
});

describe('the remembered position', () => {
  const log = '00000000-0000-4000-8000-000000000009';
  const other = '00000000-0000-4000-8000-000000000008';

  it('is kept for each API, and only forward within one log', () => {
    const stateDir = stateDirOf();
    const memory = openPositionMemory(stateDir, 'http://a');
    memory.keep(`${log}:20`);
    memory.keep(`${log}:9`);
    expect(openPositionMemory(stateDir, 'http://a').recall()).toBe(`${log}:20`);
    expect(openPositionMemory(stateDir, 'http://b').recall()).toBeUndefined();
    memory.keep(`${other}:1`);
    expect(memory.recall()).toBe(`${other}:1`);
    memory.forget();
    expect(memory.recall()).toBeUndefined();
  });

  it('costs nothing when its file is damaged or cannot be written', () => {
    const stateDir = stateDirOf();
    const file = path.join(stateDir, 'cli-positions.json');
    writeFileSync(file, '{"http://a": 7, ');
    const memory = openPositionMemory(stateDir, 'http://a');
    expect(memory.recall()).toBeUndefined();
    memory.keep(`${log}:1`);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ 'http://a': `${log}:1` });
    const nowhere = openPositionMemory(path.join(file, 'below-a-file'), 'http://a');
    nowhere.keep(`${log}:1`);
    expect(nowhere.recall()).toBeUndefined();
  });
});

describe('what leads on from a refusal', () => {
  it('names the head that a stale push has to build on', () => {
    const head = { number: 4, state: 'draft' };
    expect(suggestNext('stale-base', { slug: 'a1' }, { baseNumber: 3, head })).toEqual([
      'stemma script diff a1 3 4',
      'stemma script push a1 <file> --base 4   (with your change on top of it)',
    ]);
  });

  it('names a version only when the command did', () => {
    expect(suggestNext('not-approved', { slug: 'a1' }, {})).toEqual([
      'stemma --as reviewer script approve a1',
    ]);
    expect(suggestNext('use-rollback', { slug: 'a1', number: 2 }, {})).toEqual([
      'stemma script rollback a1 2',
    ]);
  });

  it.each(['unheard-of', 'constructor', '__proto__'])('is nothing for %s', (code) => {
    expect(suggestNext(code, {}, {})).toEqual([]);
  });
});
