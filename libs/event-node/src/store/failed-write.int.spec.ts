import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { nodeEvent } from './apply-change.js';
import { openLogIndex, type LogIndex } from './log-index.js';
import { createLogReader, type LogReader } from './log-reader.js';
import { createLogTail } from './log-tail.js';
import { createLogWriter, type LogWriter } from './log-writer.js';
import { createRecentIds } from './recent-ids.js';
import { LOG_START, recoverLog } from './recover-log.js';
import { openSegmentFiles, type SegmentFiles } from './segment-files.js';
import { createStreamHeads } from './stream-heads.js';
import { until } from '../test-node.fixtures.js';
import { createStreamLookup, type StreamLookup } from './stream-lookup.js';

/** What the disk does to the next writes. */
type Disk = 'works' | 'is full' | 'writes half' | 'fails to flush' | 'flushes when told';

let dir: string;
let disk: Disk;
let files: SegmentFiles;
let index: LogIndex;
let reader: LogReader;
let lookup: StreamLookup;
let writer: LogWriter;
let problems: unknown[];
/** Ends the flush that waits to be told. */
let flush: (() => void) | undefined;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'failed-write-'));
  disk = 'works';
  flush = undefined;
  problems = [];
  files = openSegmentFiles(dir, { mode: 'r+', size: 1 << 20 });
  index = openLogIndex(join(dir, 'index'));
  const heads = createStreamHeads(index);
  const tail = createLogTail(1 << 20);
  let end = LOG_START;
  reader = createLogReader(files, tail, () => end.position);
  lookup = createStreamLookup(heads, reader);
  const recent = createRecentIds(100);
  writer = createLogWriter({
    files: faulty(files),
    tail,
    heads,
    lookup,
    recent,
    from: LOG_START,
    maxAppendBytes: 1 << 20,
    now: () => 0,
    onDurable: (group) => {
      end = group.end;
    },
    onFailure: (error) => problems.push(error),
  });
});
afterEach(async () => {
  await index.close();
  files.close();
  await rm(dir, { recursive: true });
});

const full = (): Error => Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });

const faulty = (real: SegmentFiles): SegmentFiles => ({
  ...real,
  write(position, bytes) {
    if (disk === 'is full') throw full();
    real.write(position, disk === 'writes half' ? bytes.subarray(0, bytes.length >> 1) : bytes);
    if (disk === 'writes half') throw full();
  },
  async sync(segment) {
    if (disk === 'fails to flush') throw new Error('EIO: i/o error');
    if (disk === 'flushes when told') await new Promise<void>((resolve) => (flush = resolve));
    await real.sync(segment);
  },
});

const append = (stream: string, count = 1) => {
  const events = Array.from({ length: count }, () => nodeEvent('T', Buffer.from('{"text":"x"}')));
  return writer.submit({ stream, expected: 'any', change: { kind: 'append', events } });
};

async function revisionsInLog(): Promise<number[]> {
  const found: number[] = [];
  for (
    let page = await reader.forwards(0);
    page.records.length > 0;
    page = await reader.forwards(page.next)
  ) {
    found.push(...page.records.map(({ revision }) => revision));
  }
  return found;
}

it.each(['is full', 'writes half', 'fails to flush'] as const)(
  'E2 a disk that %s rolls back all that the group changed, and the log goes on',
  async (trouble) => {
    await append('a');
    disk = trouble;
    const metadata = {
      stream: '$$a',
      expected: 'any',
      change: { kind: 'append', events: [nodeEvent('$metadata', Buffer.from('{"$maxCount":1}'))] },
    } as const;
    const refused = await Promise.allSettled([append('a', 3), append('b'), writer.submit(metadata)]);

    expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(String((refused[0] as PromiseRejectedResult).reason)).toMatch(
      /nothing of this request was stored.*space/,
    );
    expect(problems).toHaveLength(1);
    expect([lookup.head('a').last, lookup.head('b').last, lookup.metadata('a').maxCount]).toEqual([
      0,
      -1,
      Infinity,
    ]);

    disk = 'works';
    expect(await append('a', 2)).toMatchObject({ kind: 'stored', revision: 2 });
    expect(await revisionsInLog()).toEqual([0, 1, 2]);
  },
);

it('E2 a retry after a failed write is no retry of something stored', async () => {
  disk = 'is full';
  const events = [nodeEvent('T', Buffer.from('{}'))];
  const request = { stream: 'a', expected: 'any', change: { kind: 'append', events } } as const;
  await expect(writer.submit(request)).rejects.toThrow();
  disk = 'works';
  expect(await writer.submit(request)).toMatchObject({ kind: 'stored', revision: 0 });
  expect(lookup.head('a').last).toBe(0);
});

it('E1 an append is answered when it is flushed, and not when it is only written', async () => {
  await append('a');
  disk = 'flushes when told';
  let answered = false;
  const before = files.used(0);
  const appended = append('a').then(() => {
    answered = true;
  });
  await until('written, and the flush begun', () => flush !== undefined);
  expect(files.used(0)).toBeGreaterThan(before);
  await new Promise(setImmediate);
  expect(answered).toBe(false);
  flush?.();
  await appended;
  expect(await revisionsInLog()).toEqual([0, 1]);
});

it('E3 nothing of a group is read before its flush is done', async () => {
  await append('a');
  const seen: number[] = [];
  const flushing = append('a', 5);
  const watch = setInterval(() => seen.push(lookup.head('a').last), 0);
  seen.push(lookup.head('a').last);
  await flushing;
  clearInterval(watch);
  expect(seen[0]).toBe(0);
  expect(lookup.head('a').last).toBe(5);
});

it('what a failed write left behind is never taken for records', async () => {
  await append('a', 4);
  const position = reader.end();
  disk = 'fails to flush';
  await expect(append('b', 4)).rejects.toThrow();
  expect(files.used(0)).toBe(position);
  disk = 'works';
  await append('c');
  const streams: string[] = [];
  recoverLog(files, LOG_START, (events) => events.forEach(({ stream }) => streams.push(stream)));
  expect(streams).toEqual(['a', 'a', 'a', 'a', 'c']);
});
