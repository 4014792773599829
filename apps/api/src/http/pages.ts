import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { invalidRequest } from './zod.pipe.js';

/** What a list was asked for: its query, and whatever of the path chooses its items. */
export type Asked = Readonly<Record<string, unknown>> & { readonly cursor?: string | undefined };

/** Between which items the pages of a list are cut. */
export interface Pages<Cursor> {
  /** What this page begins behind; undefined for the first one. */
  readonly after: Cursor | undefined;
  /** The `next` of this page: opaque to callers. */
  readonly next: (cursor: Cursor | null) => string | null;
}

/**
 * The pages of the list that was asked for. A cursor belongs to its list: with other filters, another sort or another
 * moment, items would be passed over or come twice, unseen. Only `limit` and `count` may change from page to page.
 *
 * Throws `invalid-request` for what no page of this list has given: somebody may have written it himself.
 */
export function pagesOf<Cursor extends object>(schema: z.ZodType<Cursor>, asked: Asked): Pages<Cursor> {
  const list = nameOf(asked);
  return {
    after: asked.cursor === undefined ? undefined : read(asked.cursor, list, schema),
    next: (cursor) => cursor && Buffer.from(JSON.stringify({ list, behind: cursor })).toString('base64url'),
  };
}

/** Short: it keeps honest callers from mixing lists up, and guards nothing. */
function nameOf({ cursor: _cursor, limit: _limit, count: _count, ...choosing }: Asked): string {
  const text = JSON.stringify(choosing, (_key, value: unknown) => {
    if (typeof value === 'bigint') return String(value);
    return Array.isArray(value) ? [...(value as unknown[])].sort() : value;
  });
  return createHash('sha256').update(text).digest('base64url').slice(0, 10);
}

function read<Cursor>(text: string, list: string, schema: z.ZodType<Cursor>): Cursor {
  const found = decode(text);
  if (found?.list !== undefined && found.list !== list) {
    throw refused('is of a list with other filters, another sort or moment: ask as for the page before');
  }
  const { success, data } = schema.safeParse(found?.behind);
  if (found?.list === list && success) return data;
  throw refused('must be the `next` of the page before');
}

const refused = (message: string) =>
  invalidRequest([{ path: '?/cursor', message: `${message}, or begin again without it` }]);

function decode(text: string): { readonly list?: unknown; readonly behind?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
