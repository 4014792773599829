import { describe, expect, it } from '@jest/globals';
import { applyPatch } from 'diff';
import fc from 'fast-check';
import { diffOf, diffText } from './diff-of.js';

const sides = (before: object, after: object) => ({
  slug: 'a',
  from: 1,
  to: 2,
  before: { source: '', ...before },
  after: { source: '', ...after },
});
const fieldsOf = (before: object, after: object) => diffOf(sides(before, after)).fields;

describe('what differs between two versions', () => {
  const line = fc.constantFrom('a', 'b', 'c', '', '-- x', '++ y', '\\ z');
  const text = fc
    .array(line, { maxLength: 30 })
    .chain((lines) => fc.constantFrom(lines.join('\n'), `${lines.join('\n')}\n`));

  it('is a patch that makes the one source of the other', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const { source } = diffOf(sides({ source: before }, { source: after }));
        expect(source === '' ? before : applyPatch(before, source)).toBe(after);
      }),
    );
  });

  it('is such a patch too where there is too much to look for the shortest', () => {
    const before = Array.from({ length: 3_000 }, (_, index) => `old ${index}`).join('\n');
    const after = `${Array.from({ length: 3_000 }, (_, index) => `new ${index}`).join('\n')}\n`;
    for (const [one, other] of [
      [before, after],
      [after, before],
      ['', after],
      [before, ''],
    ] as const) {
      const { source } = diffOf(sides({ source: one }, { source: other }));
      expect(applyPatch(one, source)).toBe(other);
    }
  });

  it('takes no longer than a moment, however much differs', () => {
    const lines = (word: string) =>
      Array.from({ length: 100_000 }, (_, index) => `${word} ${index}`).join('\n');
    const one = sides({ source: lines('a') }, { source: lines('b') });
    const begin = process.cpuUsage();
    diffOf(one);
    expect(process.cpuUsage(begin).user / 1_000).toBeLessThan(3_000);
  });

  it('names each other field by its place', () => {
    expect(
      fieldsOf(
        { runtime: 'node', settings: { a: 1, 'x/y': { z: [1, 2] }, gone: null } },
        { runtime: 'node', settings: { a: 2, 'x/y': { z: [2, 1] }, new: false } },
      ),
    ).toEqual([
      { path: '/settings/a', change: 'changed', from: 1, to: 2 },
      { path: '/settings/gone', change: 'removed', from: null },
      { path: '/settings/new', change: 'added', to: false },
      { path: '/settings/x~1y/z/0', change: 'changed', from: 1, to: 2 },
      { path: '/settings/x~1y/z/1', change: 'changed', from: 2, to: 1 },
    ]);
  });

  it('is nothing between equal contents, whatever the order of their keys', () => {
    const same = diffOf(
      sides({ source: 'x', settings: { a: 1, b: 2 } }, { source: 'x', settings: { b: 2, a: 1 } }),
    );
    expect(same).toMatchObject({ same: true, source: '', fields: [] });
    expect(diffText(sides({ settings: { a: 1, b: 2 } }, { settings: { b: 2, a: 1 } }))).toBe('');
  });
});
