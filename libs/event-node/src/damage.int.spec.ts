import { existsSync } from 'node:fs';
import {
  appendFile,
  cp,
  mkdir,
  open,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { jsonEvent } from '@eventstore/db-client';
import { restoreLog, startEventNode, verifyLog } from './index.js';
import {
  collect,
  makeDir,
  numbered,
  numbersIn,
  rejection,
  removeDirs,
  series,
  startTestNode,
  type TestNode,
} from './test-node.fixtures.js';

const SECRET = 'Ada Lovelace, 12 Analytical Lane';
let dir: string;
let test: TestNode;
beforeEach(async () => {
  dir = await makeDir();
  test = await startTestNode({ dir, segmentBytes: 64 * 1024, maxAppendBytes: 32 * 1024 });
});
afterEach(() => test.remove());
afterAll(removeDirs);

const segment = (n: number): string => join(dir, 'segments', `${String(n).padStart(8, '0')}.log`);
const telling = (text: string) => jsonEvent({ type: 'Told', data: { text }, metadata: { whom: text } });

async function filesWith(text: string, where = dir): Promise<string[]> {
  const names = await readdir(where, { recursive: true, withFileTypes: true });
  const paths = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const holding = await Promise.all(
    paths.map(async (path) => ((await readFile(path)).includes(text) ? path : '')),
  );
  return holding.filter((path) => path !== '');
}

async function flip(path: string, at: number): Promise<void> {
  const file = await open(path, 'r+');
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, at);
  byte[0] = (byte[0] ?? 0) ^ 0x40;
  await file.write(byte, 0, 1, at);
  await file.close();
}

describe('erasing', () => {
  it.each(['deleteStream', 'tombstoneStream'] as const)(
    'by %s leaves nothing of the text on the disk, nor after a restart',
    async (erase) => {
      await test.client.appendToStream('person', [telling(SECRET), telling(SECRET)]);
      await test.client.appendToStream('other', [telling('something else')]);
      expect(await filesWith(SECRET)).not.toEqual([]);

      await test.client[erase]('person');

      expect(await filesWith(SECRET)).toEqual([]);
      await test.restart();
      expect(await filesWith(SECRET)).toEqual([]);
      await test.reconnected();
      expect(await collect(test.client.readStream('other'))).toHaveLength(1);
    },
  );

  it('spares what comes after the delete, and keeps id, hash and place', async () => {
    await test.client.appendToStream('person', telling(SECRET));
    await test.client.deleteStream('person');
    const revived = await test.client.appendToStream('person', telling('new life'));
    expect(await numbersOf('person')).toBe(1);
    expect(revived.nextExpectedRevision).toBe(1n);
    await test.node().stop();
    expect(await verifyLog(dir)).toMatchObject({ erased: 1, problems: [] });
  });

  it('that a crash interrupted is finished at the next start', async () => {
    await test.client.appendToStream('person', telling(SECRET));
    const before = await readFile(segment(0));
    const at = before.indexOf(SECRET);
    await test.client.deleteStream('person');
    await test.node().stop();
    // As if the process had died after the delete was durable, before the body was overwritten.
    const file = await open(segment(0), 'r+');
    await file.write(before, 0, before.length, 0);
    await file.close();
    const { openLogIndex } = await import('./store/log-index.js');
    const index = openLogIndex(join(dir, 'index'));
    index.setPendingErasures([{ stream: 'person', last: 0 }]);
    await index.close();
    expect((await readFile(segment(0))).indexOf(SECRET)).toBe(at);

    const node = await startEventNode({ dir });
    expect(await filesWith(SECRET)).toEqual([]);
    await node.stop();
  });

  const numbersOf = async (stream: string): Promise<number> =>
    (await collect(test.client.readStream(stream))).length;
});

describe('a flipped bit', () => {
  it('in an event is never served, and the rest is', async () => {
    await test.client.appendToStream('s', [telling('first'), telling(SECRET), telling('last')]);
    await test.client.appendToStream('t', numbered(1));
    await test.node().stop();
    await flip(segment(0), (await readFile(segment(0))).indexOf(SECRET));
    await test.restart();

    const error = await rejection(collect(test.client.readStream('s')));
    expect(String(error)).toMatch(/damaged/);
    expect(String(await rejection(collect(test.client.readAll())))).toMatch(/damaged/);
    expect(await numbersIn(test.client.readStream('t'))).toEqual([1]);
    await test.node().stop();
    expect((await verifyLog(dir)).problems).toEqual([
      expect.stringMatching(/damaged from position \d+ to \d+/),
    ]);
  });

  it('anywhere in the log is found by the verification', async () => {
    for (let n = 0; n < 40; n += 1)
      await test.client.appendToStream(`s-${n % 5}`, series(n * 10, n * 10 + 9));
    await test.client.deleteStream('s-3');
    await test.node().stop();
    expect((await verifyLog(dir)).problems).toEqual([]);
    const { size } = await stat(segment(0));
    for (let round = 0; round < 25; round += 1) {
      const at = 64 + Math.floor(((size - 64) * round) / 25);
      await flip(segment(0), at);
      expect({ at, problems: (await verifyLog(dir)).problems.length }).not.toEqual({ at, problems: 0 });
      await flip(segment(0), at);
    }
    await test.restart();
  });

  it('in the index is found by the verification, and removing the index heals it', async () => {
    for (let n = 0; n < 20; n += 1) await test.client.appendToStream(`s-${n}`, series(1, 5));
    await test.node().stop();
    const path = join(dir, 'index', 'data.mdb');
    const { encodeHead } = await import('./store/log-index.js');
    const { streamKey } = await import('./store/stream-key.js');
    const head = encodeHead(streamKey('s-7'), { last: 4, tombstoned: false });
    const bytes = await readFile(path);
    for (let at = bytes.indexOf(head); at >= 0; at = bytes.indexOf(head, at + 1)) await flip(path, at);

    expect((await verifyLog(dir)).problems).toEqual([expect.stringContaining('s-7')]);
    await test.restart();
    await test.reconnected();
    expect(String(await rejection(test.client.appendToStream('s-7', numbered(6))))).toMatch(
      /index of the log is damaged/,
    );
    await test.node().stop();
    await rm(join(dir, 'index'), { recursive: true });
    await test.restart();
    await test.reconnected();
    expect(await test.client.appendToStream('s-7', numbered(6), { expectedRevision: 4n })).toMatchObject({
      nextExpectedRevision: 5n,
    });
    await test.node().stop();
    expect((await verifyLog(dir)).problems).toEqual([]);
  });
});

describe('the end of the log', () => {
  it('when torn is cut off, and the node goes on', async () => {
    await test.client.appendToStream('s', series(1, 3));
    await test.node().stop();
    const whole = await readFile(segment(0));
    const lastRecord = whole.subarray(whole.lastIndexOf('EVT1'));
    await appendFile(segment(0), lastRecord.subarray(0, lastRecord.length - 9));
    await test.restart();

    await test.reconnected();
    expect((await stat(segment(0))).size).toBe(whole.length);
    await test.client.appendToStream('s', numbered(4), { expectedRevision: 2n });
    expect(await numbersIn(test.client.readStream('s'))).toEqual([1, 2, 3, 4]);
  });

  it('E12 with part of a multi-event append is cut back to the append before it', async () => {
    const [kept, cutOff] = await Promise.all([makeDir(), makeDir()]);
    await test.client.appendToStream('s', series(1, 3));
    await cp(dir, kept, { recursive: true });
    await test.client.appendToStream('s', series(4, 6));
    await cp(join(dir, 'segments'), join(cutOff, 'segments'), { recursive: true });
    const path = join(cutOff, 'segments', '00000000.log');
    await truncate(path, (await readFile(path)).lastIndexOf('EVT1'));

    const again = await startTestNode({ dir: cutOff });
    expect(await numbersIn(again.client.readStream('s'))).toEqual([1, 2, 3]);
    await again.remove();
    await rm(kept, { recursive: true });
  });

  it('when damaged before a later flush is refused, not cut', async () => {
    await test.client.appendToStream('s', telling(SECRET));
    await test.client.appendToStream('s', telling('later'));
    const copy = await makeDir();
    await cp(join(dir, 'segments'), join(copy, 'segments'), { recursive: true });
    const path = join(copy, 'segments', '00000000.log');
    await flip(path, (await readFile(path)).indexOf(SECRET));
    const before = await readFile(path);

    expect(await rejection(startEventNode({ dir: copy }))).toMatchObject({
      message: expect.stringMatching(/damaged at position/),
    });
    expect((await readFile(path)).equals(before)).toBe(true);
    expect(existsSync(join(copy, 'lock'))).toBe(false);
    await rm(copy, { recursive: true });
  });

  it('before the place where the index has been is refused', async () => {
    await test.client.appendToStream('s', series(1, 30));
    await test.node().stop();
    await truncate(segment(0), 2_000);
    expect(await rejection(startEventNode({ dir }))).toMatchObject({
      message: expect.stringMatching(/index has followed the log/),
    });
    expect((await verifyLog(dir)).problems).not.toEqual([]);
    await rm(join(dir, 'index'), { recursive: true });
    await test.restart();
  });
});

describe('a backup', () => {
  it('of a running node holds what was acknowledged when it was asked for, and a node starts on it', async () => {
    await test.remove();
    test = await startTestNode({
      dir: await makeDir(),
      adminPort: 0,
      segmentBytes: 64 * 1024,
      maxAppendBytes: 32 * 1024,
    });
    await test.client.appendToStream('s', series(1, 500));
    let writing = true;
    const others = (async () => {
      for (let n = 0; writing; n += 1) await test.client.appendToStream('others', numbered(n));
    })();
    const to = join(await makeDir(), 'backup');
    const answer = await fetch(`http://127.0.0.1:${test.node().adminPort}/backup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ dir: to }),
    });
    writing = false;
    await others;

    expect([answer.status, await answer.json()]).toMatchObject([200, { dir: to }]);
    expect(
      (await verifyLog(to)).problems.filter((problem) => !problem.includes('never acknowledged')),
    ).toEqual([]);
    const restored = join(await makeDir(), 'restored');
    restoreLog(to, restored);
    const again = await startTestNode({ dir: restored });
    expect(await numbersIn(again.client.readStream('s'))).toHaveLength(500);
    await again.client.appendToStream('s', numbered(501), { expectedRevision: 499n });
    await again.remove();
  });

  it('overwrites nothing', async () => {
    const to = await makeDir();
    await mkdir(join(to, 'mine'));
    await writeFile(join(to, 'mine', 'file'), 'mine');
    expect(() => restoreLog(dir, to)).toThrow(/not empty/);
  });
});
