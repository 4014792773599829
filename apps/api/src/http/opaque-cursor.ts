import type { z } from 'zod';
import { invalidRequest } from './zod.pipe.js';

/** Where a page ended, opaque to callers: base64url of what the next one begins behind. */
export const formatOpaqueCursor = (cursor: object | null): string | null =>
  cursor && Buffer.from(JSON.stringify(cursor)).toString('base64url');

/** Reads what somebody may have written himself. Throws `invalid-request` for what no page has given. */
export function parseOpaqueCursor<T>(text: string | undefined, schema: z.ZodType<T>): T | undefined {
  if (text === undefined) return undefined;
  const parsed = schema.safeParse(decode(text));
  if (parsed.success) return parsed.data;
  throw invalidRequest([
    {
      path: '?/cursor',
      message: 'must be the `next` of a page with the same filters: begin again without it',
    },
  ]);
}

function decode(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
