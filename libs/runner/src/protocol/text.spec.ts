import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createLineSplitter, maxLineCharacters } from './line-splitter.js';
import { isSafeArtifactName, isSafeFileName } from './safe-name.js';
import { visibleText } from './visible-text.js';

const moves = /[\p{Cc}\p{Cs}]/u;

function linesOf(chunks: readonly Uint8Array[]): readonly string[] {
  const splitter = createLineSplitter();
  return [...chunks.flatMap((chunk) => [...splitter.push(chunk)]), ...splitter.end()];
}

function cutAt(bytes: Buffer, size: number): readonly Buffer[] {
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
}

describe('what a script prints', () => {
  it('becomes the same lines, wherever its bytes were cut', () => {
    const text = fc
      .array(
        fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('\n', '\r\n', '\r', '\u001b[2J', '🙂')),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 7 }), (printed, size) => {
        const bytes = Buffer.from(printed);
        expect(linesOf(cutAt(bytes, size))).toEqual(linesOf([bytes]));
      }),
    );
  });

  it('moves no terminal, whatever the bytes are, and has no longer lines than allowed', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), (chunks) => {
        for (const line of linesOf(chunks)) {
          expect(line.replaceAll('\t', '')).not.toMatch(moves);
          expect(line.length).toBeLessThanOrEqual(maxLineCharacters);
        }
      }),
    );
  });

  it('keeps empty lines, tells what came without a line end, and shows every state of a progress bar', () => {
    expect(linesOf([Buffer.from('a\n\nb\r\n10%\r20%\r\nend')])).toEqual(['a', '', 'b', '10%', '20%', 'end']);
    expect(linesOf([Buffer.from('a\r'), Buffer.from('\nb')])).toEqual(['a', 'b']);
    expect(linesOf([])).toEqual([]);
  });

  it('is cut when a line is too long, never within a character', () => {
    const lines = linesOf([Buffer.from(`x${'🙂'.repeat(maxLineCharacters)}`)]);
    expect(lines.join('')).toBe(`x${'🙂'.repeat(maxLineCharacters)}`);
    expect(lines.every((line) => line.isWellFormed() && line.length <= maxLineCharacters)).toBe(true);
  });

  it('shows what would have moved the terminal', () => {
    expect(visibleText('\u001b[31mred\u0007\u007f\u009b\ud800\u202e\t.\n')).toBe('␛[31mred␇␡���\t.␊');
    expect(visibleText('a\nb', { lines: true })).toBe('a\nb');
  });
});

describe('names', () => {
  it.each(['report.md', 'Übersicht (2).csv', '日本.txt', '_a-b+c=d,e@f', 'n'.repeat(255)])(
    '%s is one of a file',
    (name) => {
      expect(isSafeFileName(name)).toBe(true);
      expect(isSafeArtifactName(`a/${name}`)).toBe(true);
    },
  );

  const odd = [
    '',
    '.',
    '..',
    '.hidden',
    '-rf',
    ' a',
    'a ',
    'a.',
    'a\0',
    'a\n',
    'a\\b',
    'c:',
    'a|b',
    'a*',
    'a?',
    '~',
    '$HOME',
    '`id`',
    "a'b",
    'a"b',
    'a%2f',
    '\u202ea',
    'e\u0301',
    'n'.repeat(256),
    'ü'.repeat(128),
  ];
  it.each(odd)('%j is none, neither alone nor within a path', (name) => {
    expect(isSafeFileName(name)).toBe(false);
    expect(isSafeArtifactName(name)).toBe(false);
    expect(isSafeArtifactName(`a/${name}`)).toBe(false);
    expect(isSafeArtifactName(`${name}/a`)).toBe(false);
  });

  it('of artifacts lead down at most eight levels, and never up', () => {
    expect(isSafeArtifactName('1/2/3/4/5/6/7/8')).toBe(true);
    expect(isSafeArtifactName('1/2/3/4/5/6/7/8/9')).toBe(false);
    expect(isSafeArtifactName(Array.from({ length: 5 }, () => 'n'.repeat(250)).join('/'))).toBe(false);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        if (!isSafeArtifactName(name)) return;
        const { pathname } = new URL(`file:///root/${name.split('/').map(encodeURIComponent).join('/')}`);
        expect(decodeURIComponent(pathname)).toBe(`/root/${name}`);
      }),
    );
  });
});
