import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { noon } from '../run-cli.fixtures.js';
import { layOutFields, layOutTable } from './lay-out-table.js';
import { createPaint, wantsColour } from './paint.js';
import { onOneLine, plain, toJson } from './plain-text.js';
import { showUnifiedDiff } from './show-diff.js';
import { relativeTime, showDuration, showSize, showTime } from './show-time.js';

const uncoloured = createPaint(false);
const coloured = createPaint(true);

describe('text that others wrote', () => {
  it('shows what a terminal would obey', () => {
    expect(plain('a\u001b[2Jb\u0007\u009b1m\r')).toBe('a\\u{1b}[2Jb\\u{07}\\u{9b}1m\\u{0d}');
  });

  it('shows marks that turn the direction of reading', () => {
    expect(plain('if (admin\u202e) {\u2066')).toBe('if (admin\\u{202e}) {\\u{2066}');
  });

  it('leaves line feeds, tabs and the scripts of the world', () => {
    const text = 'naïve\tжук\n漢字 🎉 👩‍🚀 עברית';
    expect(plain(text)).toBe(text);
  });

  it('never lets a control character through, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(plain(text)).not.toMatch(/[^\P{Cc}\n\t]|\p{Bidi_Control}/u);
      }),
    );
  });

  it('fits one line, with a sign that there was more', () => {
    expect(onOneLine('first\n  second\tthird')).toBe('first second third');
    expect(onOneLine('🎉'.repeat(100), 10)).toBe(`${'🎉'.repeat(9)}…`);
  });

  it('is exact and harmless as JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
        const json = toJson({ value, text });
        expect(json).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify({ value, text })));
      }),
    );
  });
});

describe('tables', () => {
  it('align by what a terminal shows, not by characters', () => {
    const rows = [
      [coloured.green('漢字'), 'x'],
      ['long one', 'y'],
    ];
    expect(layOutTable(['slug', 'name'], rows, uncoloured).replaceAll('\u001b', '␛')).toBe(
      ['slug      name', '␛[32m漢字␛[39m      x', 'long one  y'].join('\n'),
    );
  });

  it('leave out fields without a value', () => {
    const text = layOutFields(
      [
        ['a', '1'],
        ['none', null],
        ['long', '2'],
      ],
      uncoloured,
    );
    expect(text).toBe('a     1\nlong  2');
  });
});

describe('times and sizes', () => {
  it.each([
    ['2026-11-21T11:57:00.000Z', '3 min. ago'],
    ['2026-11-21T11:59:57.000Z', 'just now'],
    ['2026-11-21T12:00:03.000Z', 'just now'],
    ['2026-11-21T12:01:30.000Z', 'in 1 min.'],
    ['2026-11-19T11:00:00.000Z', '2 days ago'],
    ['2024-11-19T11:00:00.000Z', '2 yr. ago'],
    ['no time', 'at an unknown time'],
  ])('%s is %s', (iso, expected) => {
    expect(relativeTime(iso, noon)).toBe(expected);
  });

  it('are exact and relative at once', () => {
    expect(showTime('2026-11-21T11:57:00.123Z', noon)).toBe('2026-11-21T11:57:00Z (3 min. ago)');
  });

  it('use the unit that fits', () => {
    expect([340, 1_240, 125_000].map(showDuration)).toEqual(['340 ms', '1.2 s', '2 min 5 s']);
    expect([512, 1_400, 20_000_000].map(showSize)).toEqual(['512 B', '1.4 kB', '20.0 MB']);
  });
});

describe('a difference', () => {
  const text = '--- 1\n+++ 2\n@@ -1,2 +1,2 @@\n--- a comment in SQL\n+new \u001b[31m\n same\n';

  it('is coloured by line; a removed line that begins with dashes is no heading', () => {
    const lines = showUnifiedDiff(text, coloured).replaceAll('\u001b', '␛').split('\n');
    expect(lines).toEqual([
      '␛[1m--- 1␛[22m',
      '␛[1m+++ 2␛[22m',
      '␛[36m@@ -1,2 +1,2 @@␛[39m',
      '␛[31m--- a comment in SQL␛[39m',
      '␛[32m+new \\u{1b}[31m␛[39m',
      ' same',
    ]);
  });
});

describe('colours', () => {
  it('are for terminals of people who want them', () => {
    expect(wantsColour(undefined, {}, { isTTY: true })).toBe(true);
    expect(wantsColour(undefined, {}, {})).toBe(false);
    expect(wantsColour(false, {}, { isTTY: true })).toBe(false);
    expect(wantsColour(undefined, { NO_COLOR: '1' }, { isTTY: true })).toBe(false);
    expect(wantsColour(undefined, { TERM: 'dumb' }, { isTTY: true })).toBe(false);
  });
});
