import { describe, expect, it } from '@jest/globals';
import { startEventNode } from '@stemma/event-node';
import { connectEventStore } from '@stemma/event-store';
import { eventually } from '@stemma/testing';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { furnishDirectory, runIn } from '../run-cli.fixtures.js';

/** A directory with a log of one event, whose node is stopped. */
async function furnishLog(): Promise<string> {
  const directory = furnishDirectory();
  const node = await startEventNode({ dir: path.join(directory, 'log'), segmentBytes: 4 * 1024 * 1024 });
  const store = connectEventStore({ url: node.url });
  const event = { id: crypto.randomUUID(), type: 'Noted', data: { note: 'unmistakable' }, metadata: {} };
  await store.append('note-1', [event], 'no_stream');
  await store.close();
  await node.stop();
  return directory;
}

const verify = (directory: string, dir = 'log') =>
  runIn({ directory }, 'log', 'verify', '--dir', dir, '--json');

function flipOneByte(log: string): void {
  const segments = path.join(log, 'segments');
  for (const name of readdirSync(segments)) {
    const file = path.join(segments, name);
    const bytes = readFileSync(file);
    const at = bytes.indexOf('unmistakable');
    if (at === -1) continue;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(file, bytes);
  }
}

describe('a backup', () => {
  it('is taken while the node runs, found by its directory, and verified', async () => {
    const directory = furnishDirectory();
    const signal = new AbortController();
    const running = runIn(
      { directory, signal: signal.signal },
      ...['event-node', '--dir', 'log', '--port', '0', '--admin-port', '0', '--json'],
    );
    const backup = (to: string) =>
      runIn({ directory }, 'log', 'backup', '--dir', 'log', '--to', to, '--json');
    const { exitCode, out } = await eventually(
      () => backup('saved'),
      (outcome) => outcome.exitCode === 0,
    );
    expect([exitCode, JSON.parse(out)]).toMatchObject([0, { problems: [] }]);
    expect(await backup('saved')).toMatchObject({ exitCode: 1, err: expect.stringContaining('not empty') });
    signal.abort();
    expect(JSON.parse((await running).out)).toMatchObject({ adminPort: expect.any(Number) });
    expect(await backup('later')).toMatchObject({ exitCode: 2, err: expect.stringContaining('admin port') });
  });

  it.each([
    [['--tls-key', 'key.pem'], 'both'],
    [['--users', 'users.json'], 'need TLS'],
    [['--tls-key', 'missing.pem', '--tls-cert', 'missing.pem'], 'cannot be read'],
  ])('a node is not started with half of its secrets: %j', async (flags, why) => {
    const node = ['event-node', '--dir', 'log', '--port', '0', ...flags];
    expect(await runIn({ directory: furnishDirectory() }, ...node)).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining(why),
    });
  });
});

describe('a log on this machine', () => {
  it('that is sound is said to be', async () => {
    const { exitCode, out } = await verify(await furnishLog());
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ problems: [] });
  });

  it('with one flipped bit is not', async () => {
    const directory = await furnishLog();
    flipOneByte(path.join(directory, 'log'));
    const { exitCode, out } = await verify(directory);
    expect(exitCode).toBe(1);
    expect((JSON.parse(out) as { problems: string[] }).problems).not.toEqual([]);
  });

  it('is restored into a new directory, and never over another', async () => {
    const directory = await furnishLog();
    cpSync(path.join(directory, 'log'), path.join(directory, 'backup'), { recursive: true });
    const restore = ['log', 'restore', '--from', 'backup', '--dir', 'again'];
    expect((await runIn({ directory }, ...restore)).out).toMatch(/^verdict +sound$/m);
    expect(await runIn({ directory }, ...restore)).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('is not empty'),
    });
  });

  it('that is not there is no sound log', async () => {
    const { exitCode, err } = await verify(furnishDirectory());
    expect(exitCode).toBe(2);
    expect(err).toContain('There is no log in');
  });
});
