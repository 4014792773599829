import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CommandBus } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import { ConfigError } from '@stemma/config';
import { hashJson, id, secretIdOf, secretKeyStreamOf } from '@stemma/domain';
import { CommandIdReused, connectEventStore, type EventStore } from '@stemma/event-store';
import { startLog, type TestLog } from '@stemma/testing';
import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type CommandAnswer,
  type CommandContext,
  CommandsModule,
  DescribeSecret,
  openingSecrets,
  openKeyring,
  RemoveSecret,
  rewrapKeys,
  SecretUnusable,
  SetSecret,
} from '../index.js';
import { metadataOf } from '../command-context.js';
import { createKeyring, type Keyring } from './keyring.js';

const tenantId = id('tenant', 'secrets');
const keyOf = (name: string) => ({ id: name, key: randomBytes(32).toString('base64') });
const [first, second] = [keyOf('first'), keyOf('second')];
const keyring = createKeyring([first]);

let log: TestLog;
let store: EventStore;
let module: TestingModule;

async function registered(ring: Keyring): Promise<TestingModule> {
  const imports = [CommandsModule.register({ store, release: 'spec', keyring: ring })];
  return (await Test.createTestingModule({ imports }).compile()).init();
}

beforeAll(async () => {
  log = await startLog();
  store = connectEventStore({ url: log.url });
  module = await registered(keyring);
});
afterAll(async () => {
  await module.close();
  await store.close();
  await log.remove();
});

const by = (body: unknown, more: Partial<CommandContext> = {}): CommandContext => ({
  tenantId,
  actor: { kind: 'user', id: 'ann', via: null },
  commandId: randomUUID(),
  bodyHash: hashJson(body),
  correlationId: 'c',
  causationId: 'c',
  ifMatch: null,
  ...more,
});

const run = (command: object, within = module): Promise<CommandAnswer> =>
  within.get(CommandBus).execute(command);
const set = (name: string, value: string, more: object = {}, context: Partial<CommandContext> = {}) => {
  const body = { value, ...more };
  return new SetSecret({ name, body, context: by(body, context) });
};
const remove = (name: string) => new RemoveSecret({ name, body: { reason: null }, context: by({}) });
const open = async (name: string, ring = keyring, context: 'sandbox' | 'production' = 'production') => {
  const found = await openingSecrets({ store, keyring: ring })({ tenantId, names: [name], context });
  return found[name];
};
const why = (name: string, ring = keyring, context?: 'sandbox'): Promise<string> =>
  open(name, ring, context).then(
    () => 'it opens',
    (error: unknown) => (error instanceof SecretUnusable ? error.message : `no verdict: ${String(error)}`),
  );

async function wholeLog(): Promise<string> {
  const events: unknown[] = [];
  for await (const { stream, type, data, metadata } of store.readAll({})) {
    events.push([stream, type, data, metadata]);
  }
  return JSON.stringify(events);
}

describe('a secret', () => {
  it('A8 is opened for runs, and stands nowhere in the log: not as text, not as base64, not as a hash', async () => {
    const value = `canary-${randomUUID()}`;
    const answer = await run(set('FIRST', value, { description: 'of the relay' }));
    expect(answer.body).toEqual({ name: 'FIRST', version: 1, description: 'of the relay', sandbox: false });
    expect(await open('FIRST')).toBe(value);
    const all = await wholeLog();
    const traces = [value, Buffer.from(value).toString('base64').slice(0, 30), hashJson(value)];
    for (const trace of [...traces, hashJson({ value, description: 'of the relay' })]) {
      expect(all).not.toContain(trace);
    }
    expect(all).toContain('of the relay');
  });

  it('has the newest value, and its versions count on', async () => {
    for (const [at, value] of ['one-1', 'two-2', 'three-3'].entries()) {
      expect((await run(set('NEXT', value))).body['version']).toBe(at + 1);
    }
    expect(await open('NEXT')).toBe('three-3');
  });

  it('set by four at once gets four versions, each sealed for its own, and a value that opens', async () => {
    const values = Array.from({ length: 2 }, (_, at) => `value-${at}`);
    const other = await registered(keyring);
    const answers = await Promise.all(
      values.flatMap((value) => [run(set('RACE', value)), run(set('RACE', value), other)]),
    );
    await other.close();
    const versions = answers.map(({ body }) => Number(body['version'])).sort((a, b) => a - b);
    expect(versions).toEqual([1, 2, 3, 4]);
    expect(values).toContain(await open('RACE'));
  });

  it('R-E6 repeated with the same key is answered as the first time; with another value it is refused', async () => {
    const commandId = randomUUID();
    const once = await run(set('TWICE', 'same-1', {}, { commandId }));
    const again = await run(set('TWICE', 'same-1', {}, { commandId }));
    expect(again).toEqual({ ...once, replayed: true });
    await expect(run(set('TWICE', 'other-2', {}, { commandId }))).rejects.toBeInstanceOf(CommandIdReused);
    expect(await open('TWICE')).toBe('same-1');
  });

  it('is given to the sandbox only when it says so', async () => {
    await run(set('LIVE', 'live-value'));
    expect(await why('LIVE', keyring, 'sandbox')).toContain('stemma secrets describe LIVE --sandbox');
    const body = { sandbox: true };
    await run(new DescribeSecret({ name: 'LIVE', body, context: by(body) }));
    expect(await open('LIVE', keyring, 'sandbox')).toBe('live-value');
  });

  it('that is not there says how to set it', async () => {
    expect(await why('GHOST')).toBe('There is no secret GHOST. Set it: stemma secrets set GHOST');
  });
});

describe('a secret that is removed', () => {
  it('opens nowhere: its key left the log; set again it is another one, and counts on', async () => {
    await run(set('GONE', 'first-life'));
    const keys = secretKeyStreamOf(tenantId, secretIdOf(tenantId, 'GONE'), 1);
    expect((await run(remove('GONE'))).body).toEqual({ name: 'GONE', changed: true });
    expect((await run(remove('GONE'))).body).toEqual({ name: 'GONE', changed: false });
    expect(await why('GONE')).toMatch(/^There is no secret GONE/);
    const left: unknown[] = [];
    for await (const event of store.readStream(keys)) left.push(event);
    expect(left).toEqual([]);
    expect((await run(set('GONE', 'second-life'))).body['version']).toBe(2);
    expect(await open('GONE')).toBe('second-life');
  });

  it('halfway, its key deleted and nothing said, opens nothing, says so, and can be set again', async () => {
    await run(set('HALF', 'first-value'));
    const keys = secretKeyStreamOf(tenantId, secretIdOf(tenantId, 'HALF'), 1);
    await store.deleteStream(keys, 0n);
    expect(await why('HALF')).toMatch(/lost. Its key was deleted.*stemma secrets set HALF/);
    await run(set('HALF', 'second-value'));
    expect(await open('HALF')).toBe('second-value');
  });
});

describe('another master key', () => {
  const both = createKeyring([second, first]);
  const metadata = () => metadataOf(by({}), new Date().toISOString(), 'spec');
  const of = (name: string) => ({ tenantId, secretId: secretIdOf(tenantId, name), life: 1 });

  it('takes over all keys, and then the old one can go', async () => {
    await run(set('KEPT', 'kept-value'));
    expect(await why('KEPT', createKeyring([second]))).toMatch(
      /under the master key first.*STEMMA_SECRET_KEYS/,
    );
    const report = { masterKeyId: 'second', rewrapped: 1, current: 0, unreadable: 0 };
    expect(await rewrapKeys({ store, keyring: both, metadata: metadata() }, [of('KEPT')])).toEqual(report);
    expect(await rewrapKeys({ store, keyring: both, metadata: metadata() }, [of('KEPT')])).toEqual({
      ...report,
      ...{ rewrapped: 0, current: 1 },
    });
    expect(await open('KEPT', createKeyring([second]))).toBe('kept-value');
  });

  it('that came without the old one counts what is lost, and what is set again is not', async () => {
    await run(set('LOST', 'lost-value'));
    const ring = createKeyring([second]);
    const report = await rewrapKeys({ store, keyring: ring, metadata: metadata() }, [of('LOST')]);
    expect(report).toMatchObject({ rewrapped: 0, unreadable: 1 });
    const renewed = await registered(ring);
    await run(set('LOST', 'new-value'), renewed);
    await renewed.close();
    expect(await open('LOST', ring)).toBe('new-value');
  });
});

describe('the master key of one machine', () => {
  it('is made once, whoever comes first, for its owner alone; spoilt or open to others it is refused', async () => {
    const stateDir = await mkdtemp(path.join(tmpdir(), 'stemma-keyring-'));
    const config = { secretKeys: undefined, environment: 'development', stateDir } as const;
    try {
      const [one, other] = await Promise.all([openKeyring(config), openKeyring(config)]);
      expect(one.fingerprint('x')).toBe(other.fingerprint('x'));
      expect(await readdir(stateDir)).toEqual(['secret-key']);
      const file = path.join(stateDir, 'secret-key');
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      await chmod(file, 0o644);
      await expect(openKeyring(config)).rejects.toThrow(/chmod 600/);
      await chmod(file, 0o600);
      await writeFile(file, 'hunter2');
      const refused = await openKeyring(config).catch(String);
      expect(refused).toMatch(/STEMMA_SECRET_KEYS is spoilt/);
      expect(refused).not.toContain('hunter2');
    } finally {
      await rm(stateDir, { recursive: true, force: true });
    }
  });

  it('is not enough in production, and a configured one makes no file', async () => {
    const stateDir = path.join(tmpdir(), `stemma-never-${randomUUID()}`);
    const config = { secretKeys: undefined, environment: 'production', stateDir } as const;
    await expect(openKeyring(config)).rejects.toThrow(ConfigError);
    const ring = await openKeyring({ ...config, secretKeys: [second, first] });
    expect(ring.currentId).toBe('second');
    await expect(stat(stateDir)).rejects.toThrow(/ENOENT/);
  });
});
