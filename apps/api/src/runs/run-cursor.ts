import type { RunCursor } from '@stemma/projections/runs';
import { z } from 'zod';
import { invalidRequest } from '../http/zod.pipe.js';

const schema = z.strictObject({ requestedAt: z.iso.datetime(), runId: z.uuid() });

/** Where a page of runs ended, opaque to callers. */
export const formatRunCursor = (cursor: RunCursor | null): string | null =>
  cursor && Buffer.from(JSON.stringify(cursor)).toString('base64url');

/** Throws `invalid-request` for what no page has given. */
export function parseRunCursor(text: string | undefined): RunCursor | undefined {
  if (text === undefined) return undefined;
  const parsed = schema.safeParse(decode(text));
  if (parsed.success) return parsed.data;
  throw invalidRequest([
    { path: '?/cursor', message: 'must be the `next` of a page: begin again without it' },
  ]);
}

function decode(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
