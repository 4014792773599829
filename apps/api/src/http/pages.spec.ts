import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { pagesOf } from './pages.js';
import { Refused } from './refused.js';

const schema = z.strictObject({ at: z.iso.datetime(), revision: z.string().regex(/^\d{1,19}$/) });
const behind = { at: '2026-11-21T08:00:00.000Z', revision: '12' };
const asked = { label: ['a', 'b'], sort: 'slug', asOf: { position: 7n }, mine: undefined, limit: 10 };
const cursor = pagesOf(schema, asked).next(behind) ?? '';

describe('the pages of a list', () => {
  it('begin where the one before ended', () => {
    expect(pagesOf(schema, { ...asked, cursor }).after).toEqual(behind);
    expect(pagesOf(schema, asked)).toMatchObject({ after: undefined });
    expect(pagesOf(schema, asked).next(null)).toBeNull();
  });

  it('may be of another size, and counted; the order of what is asked for does not matter', () => {
    const same = { ...asked, label: ['b', 'a'], limit: 2, count: true };
    expect(pagesOf(schema, { ...same, cursor }).after).toEqual(behind);
  });

  it.each([{ label: ['a'] }, { sort: '-slug' }, { asOf: { position: 8n } }, { mine: true }])(
    'are all of one list: a cursor is refused with %j',
    (change) => {
      const refused = () => pagesOf(schema, { ...asked, ...change, cursor });
      expect(refused).toThrow(Refused);
      expect(refused).toThrow(/list with other filters, another sort or moment/);
    },
  );

  it('never begin behind what somebody made up: it is a refusal, never an error', () => {
    const made = fc.oneof(
      fc.string(),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
      fc.json().map((text) => {
        const { list } = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as { list: string };
        return Buffer.from(`{"list":"${list}","behind":${text}}`).toString('base64url');
      }),
    );
    fc.assert(
      fc.property(made, (text) => expect(() => pagesOf(schema, { ...asked, cursor: text })).toThrow(Refused)),
    );
  });
});
