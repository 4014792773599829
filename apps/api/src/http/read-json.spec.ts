import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { UnusableJson } from './json-shape.js';
import { readJson } from './read-json.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string) => readJson(bytes(text));
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

describe('reading a body', () => {
  it('reads every JSON document as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false, maxDepth: 6 }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes('__proto__') && !/e\+|\d{16}/.test(text) && !/\\ud/.test(text));
        expect(read(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('answers any bytes with a document or with UnusableJson', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '\\"',
      'a',
      '1e400',
      '-',
      ' ',
      '\u0000',
      '\\u',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        try {
          read(parts.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(UnusableJson);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes an empty body as an empty object', () => {
    expect(read('')).toEqual({});
  });

  it.each([
    ['a name twice in one object', '{"a":1,"a":2}'],
    ['a name twice, written differently', String.raw`{"a":1,"\u0061":2}`],
    ['a name twice, deep inside', '{"x":[{"y":{"a":1,"b":2,"a":3}}]}'],
    ['__proto__', '{"__proto__":{"admin":true}}'],
    ['__proto__ in disguise', String.raw`{"\u005f_proto__":{"admin":true}}`],
    ['2^53 + 1', '{"a":9007199254740993}'],
    ['2^53', '[9007199254740992]'],
    ['1e400', '[1e400]'],
    ['-1e400', '{"a":-1e400}'],
    ['NaN', '[NaN]'],
    ['a lone surrogate', String.raw`["\ud800"]`],
    ['a lone surrogate in a name', String.raw`{"\udc00":1}`],
    ['text after the document', '{} {}'],
    ['a document that never ends', '{"a":"'],
    ['nothing but space', ' '],
  ])('A3 A6 refuses %s', (_what, text) => {
    expect(() => read(text)).toThrow(UnusableJson);
  });

  it('A3 takes 400 levels and refuses 401, 10 000 and 200 000', () => {
    expect(() => read(nested(400))).not.toThrow();
    for (const levels of [401, 10_000, 200_000]) expect(() => read(nested(levels))).toThrow(/levels deep/);
    expect(() => read('{"a":'.repeat(200_000))).toThrow(/levels deep/);
  });

  it('A3 refuses more members and elements than anybody needs', () => {
    expect(() => read(`[${'0,'.repeat(100_001)}0]`)).toThrow(/more than 100000/);
  });

  it('takes a name again in another object, and a value that looks like a name', () => {
    expect(read('[{"a":1},{"a":"a"},{"b":{"a":1},"a":2}]')).toEqual([
      { a: 1 },
      { a: 'a' },
      { b: { a: 1 }, a: 2 },
    ]);
  });

  it('keeps escapes, long numbers that are exact, and quotes after backslashes', () => {
    expect(read(String.raw`{"a":"\\\"","b":9007199254740991,"c":-0.5e-3,"d":"\\"}`)).toEqual({
      a: '\\"',
      b: Number.MAX_SAFE_INTEGER,
      c: -0.0005,
      d: '\\',
    });
  });

  it('refuses bytes that are no UTF-8', () => {
    expect(() => readJson(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(/UTF-8/);
  });

  it('never repeats the body in what it says: a body may hold a secret', () => {
    for (const text of ['{"a":hunter2}', "'hunter2'", '{"hunter2', 'hunter2']) {
      expect(() => read(text)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
      );
    }
  });

  it('is quick on the largest bodies, however they are made', () => {
    const mib = 1024 * 1024;
    const bodies = [
      `"${'\\\\'.repeat(mib)}"`,
      `"${'x'.repeat(2 * mib)}"`,
      `"${String.raw`\"`.repeat(mib)}"`,
      ' '.repeat(2 * mib),
    ];
    for (const body of bodies) {
      const begin = performance.now();
      try {
        read(body);
      } catch (error) {
        expect(error).toBeInstanceOf(UnusableJson);
      }
      expect(performance.now() - begin).toBeLessThan(2_000);
    }
  });
});
