import type { ScriptCursor, ScriptSort } from '@stemma/projections/scripts';
import { z } from 'zod';
import { invalidRequest } from '../http/zod.pipe.js';

const textCursor = z.strictObject({ sort: z.string(), value: z.string().max(200), scriptId: z.uuid() });
const instantCursor = textCursor.extend({ value: z.iso.datetime() });

/** Where a page ended, opaque to callers: base64url of what the next one begins behind. */
export const formatCursor = ({ value, scriptId }: ScriptCursor, sort: ScriptSort): string =>
  Buffer.from(JSON.stringify({ sort, value, scriptId })).toString('base64url');

/** Reads what somebody may have written himself: only a cursor of this very sort passes. Throws `invalid-request`. */
export function parseCursor(text: string | undefined, sort: ScriptSort): ScriptCursor | undefined {
  if (text === undefined) return undefined;
  const schema = sort.endsWith('At') ? instantCursor : textCursor;
  const parsed = schema.safeParse(decode(text));
  if (parsed.success && parsed.data.sort === sort && !parsed.data.value.includes('\0')) {
    const { value, scriptId } = parsed.data;
    return { value, scriptId };
  }
  const message = 'must be the `next` of a page with the same sort: begin again without it';
  throw invalidRequest([{ path: '?/cursor', message }]);
}

function decode(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
