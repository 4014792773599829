import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { isProblemCode, namedSchemas, problemKinds, problemType } from './index.js';
import { etagOf, idempotencyKeySchema, ifMatchSchema } from './requests/headers.js';
import { listScriptsQuery, numberParameter, revisionParameter } from './requests/parameters.js';

describe('every reason of a refusal', () => {
  it('has a status, a title and a way on', () => {
    for (const [code, { status, title, remedy }] of Object.entries(problemKinds)) {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(title.length).toBeGreaterThan(10);
      expect(remedy).toMatch(/[.]$/);
    }
  });

  it('is known by its code and by no name that objects inherit', () => {
    expect(isProblemCode('four-eyes')).toBe(true);
    for (const code of ['', 'constructor', 'toString', '__proto__']) expect(isProblemCode(code)).toBe(false);
  });

  it('keeps its type: it is public interface', () => {
    expect(problemType('script-not-found')).toBe('/problems/script-not-found');
  });
});

describe('bodies', () => {
  it('are strict: an unknown field is refused in every one', () => {
    for (const [name, schema] of Object.entries(namedSchemas.requests)) {
      for (const alternative of schema instanceof z.ZodDiscriminatedUnion ? schema.options : [schema]) {
        const { error } = alternative.safeParse({ neverAField: 1 });
        const unknown = error?.issues.some((issue) => issue.code === 'unrecognized_keys');
        expect([name, unknown]).toEqual([name, true]);
      }
    }
  });
});

describe('headers and parameters', () => {
  it('take an ETag as it was given out, and nothing like it', () => {
    expect(ifMatchSchema.parse(etagOf(9_007_199_254_740_993n))).toBe(9_007_199_254_740_993n);
    for (const tag of ['1', 'W/"1"', '"01"', '*', '"-1"', '"1" ']) {
      expect(ifMatchSchema.safeParse(tag).success).toBe(false);
    }
  });

  it('take an Idempotency-Key of up to 200 plain characters', () => {
    for (const key of ['a', 'A-1:2/3+4=5@6~7_8.9', 'x'.repeat(200)]) {
      expect(idempotencyKeySchema.safeParse(key).success).toBe(true);
    }
    for (const key of ['', 'x'.repeat(201), 'a b', 'é', '"a"', 'a\n']) {
      expect(idempotencyKeySchema.safeParse(key).success).toBe(false);
    }
  });

  it('take a number in one spelling', () => {
    expect(numberParameter.parse('12')).toBe(12);
    for (const text of ['0', '012', '+1', '1.0', '1e1', ' 1', '1000001', '']) {
      expect(numberParameter.safeParse(text).success).toBe(false);
    }
  });

  it('take revisions beyond 2^53, up to what a stream can hold', () => {
    expect(revisionParameter.parse('9007199254740993')).toBe(9_007_199_254_740_993n);
    expect(revisionParameter.safeParse(String(2n ** 63n)).success).toBe(false);
  });

  it('take a label once or more often', () => {
    expect(listScriptsQuery.parse({}).label).toEqual([]);
    expect(listScriptsQuery.parse({ label: 'a' }).label).toEqual(['a']);
    expect(listScriptsQuery.parse({ label: ['a', 'b'] }).label).toEqual(['a', 'b']);
  });
});
