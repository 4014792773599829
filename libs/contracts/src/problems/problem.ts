import { z } from 'zod';
import type { ProblemCode } from './problem-codes.js';

/** One fault of a request. `path` is a JSON Pointer (RFC 6901) into the body, or names a header or query parameter. */
export const faultSchema = z.strictObject({ path: z.string(), message: z.string() });

export type Fault = z.output<typeof faultSchema>;

/** The body of every answer that is not a success (RFC 9457), as application/problem+json. */
export const problemSchema = z.looseObject({
  type: z.string().describe('Stable: /problems/<code>'),
  title: z.string(),
  status: z.int(),
  code: z.string().describe('The last part of `type`'),
  detail: z.string().describe('What is wrong with this request, and what to do'),
  instance: z.string().describe('urn:uuid:<request id>, as in the logs'),
  errors: z.array(faultSchema).optional(),
});

/** A problem as sent. Facts that the caller needs (the current head, say) stand beside the members of the standard. */
export type Problem = z.output<typeof problemSchema> & { readonly code: ProblemCode };
