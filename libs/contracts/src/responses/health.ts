import { z } from 'zod';

export const livenessSchema = z.strictObject({ status: z.literal('live') });

/** `ready` only when every part is: a load balancer looks at the status (200 or 503), people at the parts. */
export const readinessSchema = z.strictObject({
  status: z.enum(['ready', 'not-ready']),
  parts: z.record(
    z.string(),
    z.strictObject({ ok: z.boolean(), detail: z.string().describe('What is wrong, or how far it is') }),
  ),
});
