import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { Refused } from './refused.js';
import { ZodPipe } from './zod.pipe.js';

function detailOf(pipe: ZodPipe<z.ZodType>, value: unknown): string {
  try {
    pipe.transform(value);
  } catch (error) {
    if (error instanceof Refused) return error.detail;
    throw error;
  }
  return 'taken';
}

describe('what a request holds', () => {
  it('A6 has no NUL in its query, in no field', () => {
    const pipe = new ZodPipe(z.record(z.string(), z.string()), '?');
    expect(detailOf(pipe, { 'var.a': 'b' })).toBe('taken');
    expect(detailOf(pipe, { 'var.a': '\0b' })).toBe('?/var.a must not contain NUL.');
  });

  it('is told what a name has to be', () => {
    const name = z.string().regex(/^[a-z]+$/, 'must be letters');
    const pipe = new ZodPipe(z.object({ names: z.record(name, z.number()) }));
    expect(detailOf(pipe, { names: { '1a': 1 } })).toBe('/names/1a is no name to use: it must be letters.');
  });
});
