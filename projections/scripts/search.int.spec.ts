import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ScriptDetails, ScriptEvent } from '@stemma/domain/events';
import type { Position, ReadDb } from '@stemma/read-model';
import { type ReadSide, startReadSide } from '@stemma/testing';
import fc from 'fast-check';
import { created, did, otherTenantId, streamOf, tenantId } from './scripts.fixtures.js';
import {
  listScripts,
  type ListScripts,
  type ScriptFilters,
  scripts,
  type ScriptSort,
} from './scripts.queries.js';

const idOf = (n: number) => `00000000-0000-5000-8000-${String(n).padStart(12, '0')}`;
const HOW_MANY = 40;
const vocabulary = ['clean', 'clear', 'sales', 'sale', 'marks', 'Überblick', 'x1', 'x', '数据'];
const labels = ['csv', 'CSV', 'school/work', 'a b'];
const people = ['ann', 'bob', 'cy'];
const pick = <T>(from: readonly T[], n: number): T => from[n % from.length] as T;

/** What a script of the model is: details as they were made, and as they were changed for some. */
interface Model {
  readonly slug: string;
  readonly details: ScriptDetails;
  readonly createdBy: string;
  readonly changedBy: string;
  readonly createdAt: number;
  readonly changedAt: number;
  readonly enabled: boolean;
}

const detailsOf = (n: number): ScriptDetails => ({
  name: `${pick(vocabulary, n)} ${pick(vocabulary, n * 7 + 3)}`,
  description: n % 3 === 0 ? '' : `${pick(vocabulary, n * 5 + 1)}, ${pick(vocabulary, n + 4)}!`,
  labels: labels.filter((_, at) => (n >> at) % 2 === 1),
  intents: n % 4 === 0 ? ['tidy up'] : [],
  languageCodes: n % 2 === 0 ? ['de', 'en'] : ['en'],
});

const model = Array.from({ length: HOW_MANY }, (_, n): Model => {
  const changed = n % 5 === 0;
  return {
    slug: `s-${String((n * 13) % HOW_MANY).padStart(2, '0')}`,
    details: detailsOf(changed ? n + 17 : n),
    createdBy: pick(people, n),
    changedBy: changed || n % 7 === 0 ? 'dee' : pick(people, n),
    createdAt: n % 11,
    changedAt: changed || n % 7 === 0 ? 30 + (n % 3) : n % 11,
    enabled: n % 7 !== 0,
  };
});

const same = <T>(wanted: T | undefined, had: T): boolean => wanted === undefined || wanted === had;

/** The filters once more, over objects in memory. */
function lets(filters: ScriptFilters, { slug, details, createdBy, changedBy, enabled }: Model): boolean {
  const { name, description, labels: own } = details;
  const words = [slug, name, description, ...own]
    .join(' ')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  const asked = (filters.text ?? '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  const all = (wanted: readonly string[] = [], had: readonly string[]) =>
    wanted.every((one) => had.includes(one));
  return (
    asked.every((word) => words.some((had) => had.startsWith(word))) &&
    all(filters.labels, own) &&
    all(filters.intents, details.intents ?? []) &&
    all(filters.languageCodes, details.languageCodes ?? []) &&
    same(filters.createdBy, createdBy) &&
    same(filters.changedBy, changedBy) &&
    same(filters.enabled, enabled)
  );
}

describe('searching for scripts', () => {
  let side: ReadSide;
  let after: Position;
  beforeAll(async () => {
    side = await startReadSide([scripts]);
    for (const [n, one] of model.entries()) {
      const scriptId = idOf(n);
      const born = { ...created(one.slug, scriptId) } as Extract<ScriptEvent, { type: 'ScriptCreated' }>;
      const facts = [
        did(one.createdBy, one.createdAt, { ...born, data: { ...born.data, details: detailsOf(n) } }),
        ...(n % 5 === 0
          ? [
              did('dee', one.changedAt, {
                type: 'ScriptDetailsChanged',
                data: { scriptId, details: one.details },
              }),
            ]
          : []),
        ...(one.enabled
          ? []
          : [did('dee', one.changedAt, { type: 'ScriptDisabled', data: { scriptId, reason: null } })]),
      ];
      await side.tell(streamOf(tenantId, scriptId), ...facts);
    }
    const foreign = did('ann', 1, created('sales', idOf(999), labels), otherTenantId);
    after = await side.tell(streamOf(otherTenantId, idOf(999)), foreign);
  }, 60_000);
  afterAll(() => side.stop());

  const ask = async <T>(query: (db: ReadDb) => Promise<T>) =>
    (await side.readModel.read({ tenantId, projections: [scripts], after }, query)).value;

  async function walk(request: Partial<ListScripts>, between: () => Promise<void> = async () => {}) {
    const seen: string[] = [];
    let cursor: ListScripts['cursor'];
    let total: number | undefined;
    do {
      const page = await ask((db) => listScripts(db, { tenantId, ...request, cursor, count: true }));
      seen.push(...page.items.map(({ slug }) => slug));
      total = page.total;
      cursor = page.next ?? undefined;
      await between();
    } while (cursor);
    return { seen, total };
  }

  const some = <T>(of: readonly T[]) => fc.option(fc.constantFrom(...of), { nil: undefined });
  const query = fc.record({
    filters: fc.record({
      text: some(['cle', 'clea sal', 'SALE', 'übe', 'x', 'x1', '数', 's 0', 'school', 'nothing', 'mark x']),
      labels: fc.subarray(labels, { maxLength: 2 }),
      intents: fc.subarray(['tidy up', 'tidy'], { maxLength: 1 }),
      languageCodes: fc.subarray(['de', 'en']),
      createdBy: some(people),
      changedBy: some([...people, 'dee']),
      enabled: some([true, false]),
    }),
    sort: fc.constantFrom<ScriptSort>('slug', '-slug', 'createdAt', '-createdAt', 'changedAt', '-changedAt'),
    limit: fc.constantFrom(1, 3, 7, 200),
  });

  it('R-C5 finds what a filter over objects in memory finds, in its order, whatever the page', async () => {
    await fc.assert(
      fc.asyncProperty(query, async ({ filters, sort, limit }) => {
        const by = sort.replace('-', '') as 'slug' | 'createdAt' | 'changedAt';
        const expected = [...model.entries()]
          .filter(([, one]) => lets(filters, one))
          .map(([n, one]) => ({ slug: one.slug, key: [String(one[by]).padStart(2, '0'), idOf(n)].join(' ') }))
          .sort((a, b) => (a.key < b.key ? -1 : 1))
          .map(({ slug }) => slug);
        if (sort.startsWith('-')) expected.reverse();
        expect(await walk({ filters, sort, limit })).toEqual({ seen: expected, total: expected.length });
      }),
      { numRuns: 60, examples: [[{ filters: {}, sort: 'slug', limit: 7 } as never]] },
    );
  }, 60_000);

  it('the model finds fault with a filter that is dropped', () => {
    const found = (filters: ScriptFilters) => model.filter((one) => lets(filters, one)).length;
    expect(found({ text: 'cle' })).toBeLessThan(found({}));
    expect(found({ labels: ['csv'] })).toBeLessThan(found({}));
    expect(found({ intents: ['tidy up'] })).toBeGreaterThan(0);
  });

  it('sorts by name, each script once, whatever the page', async () => {
    const whole = await walk({ sort: 'name', limit: 200 });
    expect(whole.total).toBe(HOW_MANY);
    expect(await walk({ sort: 'name', limit: 3 })).toEqual(whole);
    expect((await walk({ sort: '-name', limit: 7 })).seen).toEqual(whole.seen.toReversed());
  });

  it('shows what nobody touches exactly once, however much others write between the pages', async () => {
    let n = 500;
    const write = async () => {
      n += 1;
      const scriptId = idOf(n);
      await side.tell(streamOf(tenantId, scriptId), did('eve', 1, created(`s-${n % 2}0-${n}`, scriptId)));
      after = await side.tell(
        streamOf(tenantId, idOf(1)),
        did('eve', 40, { type: 'ScriptDetailsChanged', data: { scriptId: idOf(1), details: detailsOf(n) } }),
      );
    };
    const untouched = model
      .filter((_, at) => at !== 1)
      .map(({ slug }) => slug)
      .sort();
    const { seen } = await walk({ sort: 'changedAt', limit: 5 }, write);
    expect(seen.filter((slug) => untouched.includes(slug)).sort()).toEqual(untouched);
  });
});
