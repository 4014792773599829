import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connectEventStore, type EventStore } from '@stemma/event-store';
import { createLogger } from '@stemma/observability';
import { startLog, type TestLog } from '@stemma/testing';
import { mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isSecretOf, parseApiKey } from './api-key.js';
import { type FirstCredentials, foundFirstPrincipals } from './first-credentials.js';

let log: TestLog;
let store: EventStore;
let root: string;
let first: FirstCredentials;

beforeEach(async () => {
  log = await startLog();
  store = connectEventStore({ url: log.url });
  root = await mkdtemp(path.join(tmpdir(), 'stemma-first-'));
  first = {
    store,
    release: 'spec',
    clock: () => new Date('2026-11-21T08:00:00Z'),
    logger: createLogger({ name: 'spec', level: 'silent' }),
    directory: path.join(root, 'credentials'),
    bootstrapKey: undefined,
  };
});
afterEach(async () => {
  await store.close();
  await log.remove();
  await rm(root, { recursive: true, force: true });
});

async function stored(): Promise<{ type: string; subject: string; secretHash?: string; stream: string }[]> {
  const events = [];
  for await (const { type, data, stream } of store.readAll()) {
    events.push({ type, stream, ...(data as { subject: string; secretHash?: string }) });
  }
  return events;
}

const fileOf = (name: string) => path.join(first.directory, name);
const keyIn = async (name: string) => (await readFile(fileOf(name), 'utf8')).trim();

async function expectFilesToFit(): Promise<void> {
  for (const { subject, secretHash } of (await stored()).filter(({ type }) => type === 'ApiKeyCreated')) {
    expect(isSecretOf(secretHash ?? '', parseApiKey(await keyIn(subject))?.secret ?? '')).toBe(true);
  }
  expect((await readdir(first.directory)).sort()).toEqual(['admin', 'author', 'reviewer']);
}

describe('the first start', () => {
  it('gives three principals a key each, in a file for its owner alone', async () => {
    await foundFirstPrincipals(first);
    expect((await stored()).map(({ type, subject = '' }) => `${type} ${subject}`)).toEqual([
      'TenantCreated ',
      'ApiKeyCreated author',
      'PrincipalCreated author',
      'ApiKeyCreated reviewer',
      'PrincipalCreated reviewer',
      'ApiKeyCreated admin',
      'PrincipalCreated admin',
    ]);
    await expectFilesToFit();
    expect((await stat(first.directory)).mode & 0o777).toBe(0o700);
    expect((await stat(fileOf('admin'))).mode & 0o777).toBe(0o600);
  });

  it('A8 puts no secret into the log', async () => {
    await foundFirstPrincipals(first);
    const everything = JSON.stringify(await stored());
    for (const name of ['author', 'reviewer', 'admin']) {
      expect(everything).not.toContain(parseApiKey(await keyIn(name))?.secret);
    }
  });

  it('is decided once by the log, however many processes start together', async () => {
    await Promise.all(Array.from({ length: 5 }, () => foundFirstPrincipals(first)));
    expect(await stored()).toHaveLength(7);
    await expectFilesToFit();
  });

  it('happens once: a later start leaves everything as it is', async () => {
    await foundFirstPrincipals(first);
    const before = await keyIn('admin');
    await foundFirstPrincipals(first);
    expect(await keyIn('admin')).toBe(before);
    expect(await stored()).toHaveLength(7);
  });

  it('loses no key to a crash between the log and the file', async () => {
    await foundFirstPrincipals(first);
    await rename(fileOf('admin'), fileOf('admin.0000.new'));
    await foundFirstPrincipals(first);
    await expectFilesToFit();
  });
});

describe('a crash between the key and its principal', () => {
  /** The log goes away after so many appends, as a killed process would see it: not at all. */
  const diesAfter = (appends: number): EventStore => {
    let left = appends;
    return {
      ...store,
      append: (...args) => (left-- > 0 ? store.append(...args) : Promise.reject(new Error('killed'))),
    };
  };

  it.each([0, 1, 2, 3, 4, 5, 6])('is completed by the next start, after %i appends', async (appends) => {
    await expect(foundFirstPrincipals({ ...first, store: diesAfter(appends) })).rejects.toThrow('killed');
    await foundFirstPrincipals(first);
    const types = (await stored()).map(({ type, subject }) => `${type} ${subject}`).sort();
    expect(types).toHaveLength(7);
    expect(new Set(types).size).toBe(7);
    for (const { subject, secretHash } of (await stored()).filter(({ type }) => type === 'ApiKeyCreated')) {
      expect(isSecretOf(secretHash ?? '', parseApiKey(await keyIn(subject))?.secret ?? '')).toBe(true);
    }
  });

  it('is completed for a bootstrap key too', async () => {
    const bootstrapKey = `stm_first-admin_${'s'.repeat(43)}`;
    const killed = foundFirstPrincipals({ ...first, bootstrapKey, store: diesAfter(2) });
    await expect(killed).rejects.toThrow('killed');
    await foundFirstPrincipals({ ...first, bootstrapKey });
    expect((await stored()).map(({ type }) => type)).toEqual([
      'TenantCreated',
      'ApiKeyCreated',
      'PrincipalCreated',
    ]);
  });
});

describe('a bootstrap key', () => {
  const key = `stm_first-admin_${'s'.repeat(43)}`;

  it('becomes the administrator’s, and writes no file', async () => {
    await foundFirstPrincipals({ ...first, bootstrapKey: key });
    expect((await stored()).map(({ type, subject = '' }) => `${type} ${subject}`)).toEqual([
      'TenantCreated ',
      'ApiKeyCreated admin',
      'PrincipalCreated admin',
    ]);
    await expect(readdir(first.directory)).rejects.toThrow('ENOENT');
  });

  it('is taken once: another one later opens nothing', async () => {
    await foundFirstPrincipals({ ...first, bootstrapKey: key });
    await foundFirstPrincipals({ ...first, bootstrapKey: `stm_second_${'t'.repeat(43)}` });
    expect(await stored()).toHaveLength(3);
  });
});
