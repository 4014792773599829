import type { z } from 'zod';
import { headerOf, type HttpExchange } from './exchange.js';
import { invalidRequest } from './zod.pipe.js';

/** The header as its schema reads it; null when it is absent. Throws `invalid-request` naming the header. */
export function readHeader<Schema extends z.ZodType>(
  exchange: HttpExchange,
  name: string,
  schema: Schema,
): z.output<Schema> | null {
  const value = headerOf(exchange, name);
  if (value === undefined) return null;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalidRequest(parsed.error.issues.map(({ message }) => ({ path: name, message })));
}
