import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createMask } from './mask.js';

const secret = 'pa$$w"ord/+é';
const mask = createMask([secret, 'abc']);

const piecewise = (bytes: Buffer, size: number): string => {
  const stream = mask.stream();
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(stream.push(bytes.subarray(at, at + size)));
  return Buffer.concat([...pieces, stream.end()]).toString();
};

describe('a secret in what a script lets be seen', () => {
  it('is hidden in text, in JSON, in a URL, in hex, and in base64 wherever it begins', () => {
    const forms = [
      secret,
      JSON.stringify({ secret }),
      `https://example.org/?key=${encodeURIComponent(secret)}`,
      Buffer.from(secret).toString('hex'),
      Buffer.from(secret).toString('hex').toUpperCase(),
      ...['', 'u:', 'us:', 'use:'].map((before) => Buffer.from(`${before}${secret}!`).toString('base64')),
      Buffer.from(secret).toString('base64url'),
    ];
    for (const form of forms) expect(mask.text(form)).toContain('***');
    expect(mask.json({ a: [secret, 1, null], [secret]: true })).toEqual({ a: ['***', 1, null], '***': true });
    expect(createMask(['12345678']).json([12345678, 912345678, 1234])).toEqual(['***', '***', 1234]);
  });

  it('is hidden wherever the bytes were cut, and nothing else is changed or held back', () => {
    const around = fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(around, fc.integer({ min: 1, max: 9 }), ([before, after], size) => {
        const said = Buffer.from(`${before}${secret}${after}`);
        expect(piecewise(said, size)).not.toContain(secret);
        const plain = `${before}${after}`.replaceAll(/[*]/g, '');
        fc.pre(mask.text(plain) === plain);
        expect(piecewise(Buffer.from(plain), size)).toBe(plain);
      }),
    );
    expect(mask.stream().push(Buffer.from('a line\n')).toString()).toBe('a line\n');
  });

  it('too short to be told from other words is left alone', () => {
    expect(mask.text('abc')).toBe('abc');
    expect(createMask([]).text('abc')).toBe('abc');
  });
});
