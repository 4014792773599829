import type { z } from 'zod';
import { Breach } from './breach.js';
import type { FrameName } from './frame.js';

/** A frame's payload as JSON of this form; a `Breach` when it is anything else. */
export function parsePayload<Schema extends z.ZodType>(
  schema: Schema,
  name: FrameName,
  payload: Buffer,
): z.output<Schema> {
  const parsed = schema.safeParse(parseJson(payload));
  if (parsed.success) return parsed.data;
  throw new Breach('protocol-violation', `The container sent a frame "${name}" that is not of its form.`);
}

/** Undefined for what is not JSON in valid UTF-8. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
