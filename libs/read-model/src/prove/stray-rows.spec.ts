import { describe, expect, it } from '@jest/globals';
import { strayRows } from './stray-rows.js';

const stored = { script_id: 'a', at: '2026-11-21T10:00:00+00:00', position: 3, _stream: 's' };
const replayed = { scriptId: 'a', at: '2026-11-21T10:00:00.000Z', position: 3n };

describe('rows that are not those of a replay', () => {
  it('are none when both say the same in their own notations', () => {
    expect(strayRows('t', [stored], [replayed])).toEqual([]);
  });

  it.each([
    [
      [{ ...stored, position: 4 }],
      [replayed],
      [
        '+ t {at:2026-11-21T10:00:00.000Z,position:4,script_id:"a"}',
        '- t {at:2026-11-21T10:00:00.000Z,position:3,script_id:"a"}',
      ],
    ],
    [[], [replayed], ['- t {at:2026-11-21T10:00:00.000Z,position:3,script_id:"a"}']],
    [[stored], [], ['+ t {at:2026-11-21T10:00:00.000Z,position:3,script_id:"a"}']],
  ])('are named: %j against %o', (is, shouldBe, found) => {
    expect(strayRows('t', is, shouldBe)).toEqual(found);
  });
});
