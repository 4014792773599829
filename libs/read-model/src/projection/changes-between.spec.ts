import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Change, changesBetween, type Json } from './changes-between.js';

type Container = Record<string, Json> | Json[];

const tokensOf = (path: string): string[] =>
  path
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));

/** What a reader makes of the changes: an independent patch, one change after the other. */
function patched(before: Json, changes: readonly Change[]): Json {
  const root = { value: structuredClone(before) } as Record<string, Json>;
  const additions = changes.filter(({ change }) => change !== 'removed');
  const removals = changes.filter(({ change }) => change === 'removed').reverse();
  for (const { path, change, to } of [...removals, ...additions]) {
    const tokens = ['value', ...tokensOf(path)];
    const last = tokens.pop() ?? '';
    const place = tokens.reduce<Container>(
      (at, token) => (at as Record<string, Container>)[token] ?? {},
      root,
    );
    if (Array.isArray(place) && change !== 'changed') {
      place.splice(Number(last), change === 'removed' ? 1 : 0, ...(change === 'added' ? [to as Json] : []));
    } else if (change === 'removed') {
      delete (place as Record<string, Json>)[last];
    } else {
      Object.defineProperty(place, last, { value: to, enumerable: true, configurable: true, writable: true });
    }
  }
  return root['value'] as Json;
}

describe('the changes between two values', () => {
  const name = fc.constantFrom('a', 'b', 'x/y', '~', '0');
  const { value } = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<Json>(0, 1, 'a', '', null, true),
      fc.array(tie('value'), { maxLength: 5 }),
      fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));

  it('make the one of the other', () => {
    fc.assert(
      fc.property(value, value, (before, after) => {
        expect(patched(before, changesBetween(before, after))).toEqual(after);
      }),
      { numRuns: 500 },
    );
  });

  it('are none between a value and itself', () => {
    fc.assert(fc.property(value, (one) => expect(changesBetween(one, structuredClone(one))).toEqual([])));
  });

  it('name the places of a list: what came in between leaves the rest alone', () => {
    expect(changesBetween(['a', 'b', 'c'], ['a', 'x', 'b', 'c'])).toEqual([
      { path: '/1', change: 'added', to: 'x' },
    ]);
    expect(changesBetween([{ id: 1 }, { id: 2, to: 3 }], [{ id: 1 }, { id: 2, to: 4 }])).toEqual([
      { path: '/1/to', change: 'changed', from: 3, to: 4 },
    ]);
    expect(changesBetween(['a', 'b', 'c', 'd'], ['a', 'd'])).toEqual([
      { path: '/1', change: 'removed', from: 'b' },
      { path: '/2', change: 'removed', from: 'c' },
    ]);
  });

  it('see a name that every object inherits', () => {
    expect(changesBetween({}, { constructor: 1, toString: 2 })).toHaveLength(2);
  });
});
