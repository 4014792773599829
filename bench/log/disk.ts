import { openEventLog } from '@stemma/event-node/store';
import { randomBytes } from 'node:crypto';
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { closedLoop } from '../load.js';

const KILOBYTE = Buffer.from(JSON.stringify({ text: 'x'.repeat(1_000) }));

/** Writes of 1 KB, each flushed: what the disk gives. */
export function fsyncPerSecond(dir: string, seconds: number): Promise<number> {
  const fd = openSync(path.join(dir, 'fsync'), 'a');
  const work = async (): Promise<void> => {
    writeSync(fd, KILOBYTE);
    fdatasyncSync(fd);
    await Promise.resolve();
  };
  return closedLoop({ lanes: 1, seconds }, work).finally(() => closeSync(fd));
}

const proposed = (data: Buffer) => ({
  id: randomBytes(16),
  type: Buffer.from('Measured'),
  contentType: Buffer.from('application/json'),
  data,
  metadata: Buffer.alloc(0),
});

const openLog = (dir: string) =>
  openEventLog({
    dir,
    maxAppendBytes: 1024 * 1024,
    segmentBytes: 64 * 1024 * 1024,
    now: () => Date.now(),
    onDurable: () => undefined,
    onWarning: () => undefined,
  });

/** Appends of one event of 1 KB to the store alone, without gRPC, 64 at a time. */
export async function storePerSecond(dir: string, seconds: number): Promise<number> {
  const log = await openLog(dir);
  try {
    return await closedLoop({ lanes: 64, seconds }, async (lane) => {
      const change = { kind: 'append', events: [proposed(KILOBYTE)] } as const;
      await log.submit({ stream: `store-${lane}`, expected: 'any', change });
    });
  } finally {
    await log.finishWrites();
    await log.close();
  }
}

const SMALL = Buffer.from('{"n":1}');
const AT_ONCE = 500;
const TOGETHER = 10_000;

/** Makes a log of `events` small events over many streams. */
export async function fillLog(dir: string, events: number): Promise<void> {
  const log = await openLog(dir);
  const append = (made: number) => {
    const batch = Array.from({ length: AT_ONCE }, () => proposed(SMALL));
    return log.submit({ stream: `fill-${made}`, expected: 'any', change: { kind: 'append', events: batch } });
  };
  for (let from = 0; from < events; from += TOGETHER) {
    const starts = Array.from({ length: TOGETHER / AT_ONCE }, (_, at) => from + at * AT_ONCE);
    await Promise.all(starts.filter((made) => made < events).map(append));
  }
  await log.finishWrites();
  await log.close();
}
