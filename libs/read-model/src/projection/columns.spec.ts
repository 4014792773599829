import { describe, expect, it } from '@jest/globals';
import {
  bigint,
  type Column,
  instant,
  integer,
  json,
  nullable,
  oneOf,
  text,
  textList,
  uuid,
} from './columns.js';

const cases: readonly [string, Column<unknown>, readonly unknown[], readonly unknown[]][] = [
  [
    'uuid',
    uuid,
    ['65b90331-bf8a-4c72-8f6d-8b1a554a8338'],
    ['65B90331-BF8A-4C72-8F6D-8B1A554A8338', 'x', null, undefined],
  ],
  ['text', text, ['', 'é𝄞'], ['a\0b', '\ud800', 1, null, undefined]],
  ['integer', integer, [0, -5, 2 ** 31 - 1], [2 ** 31, 1.5, NaN, 1n, '1']],
  ['bigint', bigint, [0n, 2n ** 63n - 1n], [2n ** 63n, 1]],
  [
    'instant',
    instant,
    ['2026-11-21T04:16:00.404Z'],
    ['2026-11-21T04:16:00Z', '2026-13-41T04:16:00.404Z', '2026-11-21 04:16:00.404+00'],
  ],
  ['list of text', textList, [[], ['a']], [['a', null], 'a', ['\0']]],
  ['one of', oneOf('a', 'b'), ['a'], ['c', null]],
  [
    'json',
    json(),
    [{ a: [1, 'x', null] }, [], 0, false],
    [null, undefined, { a: undefined }, { a: NaN }, { a: '\0' }, { '\ud800': 1 }, 1n],
  ],
  ['nullable', nullable(integer), [null, 1], [undefined, '1']],
];

describe('a column', () => {
  it.each(cases)('%s takes what Postgres gives back unchanged, and nothing else', (_, column, good, bad) => {
    expect(good.filter((value) => !column.accepts(value))).toEqual([]);
    expect(bad.filter((value) => column.accepts(value))).toEqual([]);
  });
});
