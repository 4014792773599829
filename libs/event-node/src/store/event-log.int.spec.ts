import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ProposedEvent } from './proposed-event.js';
import { createLogModel, type ModelExpected } from './log-model.fixtures.js';
import { type EventLog, openEventLog } from './open-store.js';
import { readableRange, readStreamBackwards, readStreamForwards } from './read-stream.js';
import { recordId, recordStream, type StoredRecord } from './record.js';
import { verifyLog } from './verify-log.js';

type Step =
  | {
      readonly do: 'append';
      readonly stream: string;
      readonly expected: string;
      readonly fresh: number;
      readonly again: number;
    }
  | { readonly do: 'delete' | 'tombstone'; readonly stream: string; readonly expected: string }
  | {
      readonly do: 'metadata';
      readonly stream: string;
      readonly truncateBefore?: number;
      readonly maxCount?: number;
    }
  | { readonly do: 'restart' | 'crash' };

const stream = fc.constantFrom('a', 'b', 'c');
const expected = fc.constantFrom(
  'any',
  'no_stream',
  'stream_exists',
  'current',
  'current',
  'behind',
  'ahead',
  'start',
);
const positive = fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      stream,
      expected,
      fresh: fc.integer({ min: 0, max: 3 }),
      again: fc.integer({ min: 0, max: 2 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), stream, expected }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('tombstone' as const), stream: fc.constantFrom('c'), expected }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('metadata' as const),
      stream,
      truncateBefore: positive,
      maxCount: positive,
    }) as unknown as fc.Arbitrary<Step>,
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('restart' as const, 'crash' as const) }) },
);

describe('the log, held against a model', () => {
  it('answers every append, delete and read as the model, across restarts and crashes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
        const bench = await createBench();
        try {
          for (const each of steps) await bench.run(each);
          await bench.compareReads();
          await bench.close();
          expect((await verifyLog(bench.dir())).problems).toEqual([]);
        } finally {
          await bench.remove();
        }
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  it('is shown to notice a log that forgets one event', async () => {
    const bench = await createBench();
    await bench.run({ do: 'append', stream: 'a', expected: 'any', fresh: 2, again: 0 });
    bench.model.append('a', 'any', ['never-stored']);
    await expect(bench.compareReads()).rejects.toThrow();
    await bench.remove();
  });
});

async function createBench() {
  const model = createLogModel();
  const root = await mkdtemp(join(tmpdir(), 'event-log-'));
  let generation = 0;
  let dir = join(root, '0');
  let log = await open(dir);
  let counter = 0;

  const resolve = (name: string, word: string): ModelExpected => {
    const last = model.ids(name).length - 1;
    if (word === 'any' || word === 'no_stream' || word === 'stream_exists') return word;
    const revision = { current: last, behind: last - 1, ahead: last + 2, start: 0 }[word] ?? 0;
    return revision < 0 ? 'no_stream' : BigInt(revision);
  };
  const submit = async (
    name: string,
    wanted: ModelExpected,
    change: Parameters<EventLog['submit']>[0]['change'],
  ) => {
    const outcome = await log.submit({ stream: name, expected: wanted, change });
    return outcome.kind === 'stored'
      ? { kind: outcome.kind, revision: outcome.revision }
      : { kind: outcome.kind };
  };
  /** Ids that are stored after the place where the append says to begin, then new ones. */
  const idsFor = (name: string, wanted: ModelExpected, again: number, fresh: number): string[] => {
    const from = typeof wanted === 'bigint' ? Number(wanted) + 1 : 0;
    const old = model.ids(name).slice(from, from + again);
    return [
      ...old,
      ...Array.from({ length: fresh }, () => `id-${String((counter += 1)).padStart(12, '0')}`),
    ].slice(0, 4);
  };

  const run = async (each: Step): Promise<void> => {
    switch (each.do) {
      case 'append': {
        const wanted = resolve(each.stream, each.expected);
        const ids = idsFor(each.stream, wanted, each.again, each.fresh);
        if (ids.length === 0) return;
        const answer = await submit(each.stream, wanted, { kind: 'append', events: ids.map(proposed) });
        expect([each, answer]).toEqual([each, model.append(each.stream, wanted, ids)]);
        return;
      }
      case 'delete':
      case 'tombstone': {
        const wanted = resolve(each.stream, each.expected);
        const answer = await submit(each.stream, wanted, { kind: each.do });
        expect([each, answer]).toEqual([each, model[each.do](each.stream, wanted)]);
        return;
      }
      case 'metadata':
        model.setMetadata(each.stream, { ...each });
        await submit(`$$${each.stream}`, 'any', {
          kind: 'append',
          events: [metadataEvent(each, (counter += 1))],
        });
        return;
      case 'restart':
        await log.close();
        log = await open(dir);
        return;
      case 'crash': {
        // What a killed process leaves: the files as they are, the index not yet after the log.
        generation += 1;
        const copy = join(root, String(generation));
        await cp(dir, copy, { recursive: true });
        await rm(join(copy, 'lock'), { force: true });
        await log.close();
        dir = copy;
        log = await open(dir);
      }
    }
  };

  return {
    model,
    run,
    dir: () => dir,
    close: () => log.close(),
    async compareReads(): Promise<void> {
      for (const name of ['a', 'b', 'c']) {
        const seen = model.read(name);
        const ids = typeof seen === 'string' ? seen : seen.map(({ id }) => id);
        expect(readAllOf(log, name, 'forwards')).toEqual(ids);
        expect(readAllOf(log, name, 'backwards')).toEqual(typeof ids === 'string' ? ids : [...ids].reverse());
      }
      const written = model.all().map(({ stream: name, id }) => `${name}:${id}`);
      expect(await allForwards(log)).toEqual(written);
      expect(await allBackwards(log)).toEqual([...written].reverse());
    },
    async remove(): Promise<void> {
      await log.close().catch(() => undefined);
      await rm(root, { recursive: true, force: true });
    },
  };
}

const open = (dir: string): Promise<EventLog> =>
  openEventLog({
    dir,
    maxAppendBytes: 1 << 20,
    segmentBytes: 4096,
    now: () => Date.now(),
    onWarning: () => undefined,
  });

const idBytes = (id: string): Buffer => Buffer.from(id.padEnd(16, '.'), 'latin1');
const idText = (record: StoredRecord): string => recordId(record).toString('latin1').replace(/\.+$/, '');

function proposed(id: string): ProposedEvent {
  return {
    id: idBytes(id),
    type: Buffer.from('T'),
    contentType: Buffer.from('application/json'),
    data: Buffer.from(`{"id":"${id}"}`),
    metadata: Buffer.alloc(0),
  };
}

function metadataEvent(
  each: { readonly truncateBefore?: number; readonly maxCount?: number },
  n: number,
): ProposedEvent {
  const json = JSON.stringify({ $tb: each.truncateBefore, $maxCount: each.maxCount });
  return { ...proposed(`meta-${n}`), type: Buffer.from('$metadata'), data: Buffer.from(json) };
}

function readAllOf(
  { lookup }: EventLog,
  name: string,
  direction: 'forwards' | 'backwards',
): readonly string[] | string {
  const { kind } = readableRange(lookup, name, 0);
  if (kind !== 'readable') return kind;
  const read = direction === 'forwards' ? readStreamForwards : readStreamBackwards;
  const found: string[] = [];
  for (
    let page = read(lookup, name, direction === 'forwards' ? 0 : Infinity, 0);
    page.records.length > 0;
    page = read(lookup, name, page.next, 0)
  ) {
    found.push(...page.records.map(idText));
  }
  return found;
}

const ours = (records: readonly StoredRecord[]): string[] =>
  records
    .filter((record) => !record.erased && record.revision < 2 ** 62 && !recordStream(record).startsWith('$'))
    .map((record) => `${recordStream(record)}:${idText(record)}`);

async function allForwards({ reader }: EventLog): Promise<string[]> {
  const found: string[] = [];
  for (let page = await reader.forwards(0); page.records.length > 0; page = await reader.forwards(page.next))
    found.push(...ours(page.records));
  return found;
}

async function allBackwards({ reader }: EventLog): Promise<string[]> {
  const found: string[] = [];
  for (
    let page = await reader.backwards(reader.end());
    page.records.length > 0;
    page = await reader.backwards(page.next)
  )
    found.push(...ours(page.records));
  return found;
}
