import { z } from 'zod';

export const livenessSchema = z.strictObject({ status: z.literal('live') });

/**
 * `ready` or `degraded` only when every part is there: a load balancer looks at the status (200 or 503), people at the parts.
 */
export const readinessSchema = z.strictObject({
  status: z.enum(['ready', 'degraded', 'not-ready']),
  parts: z.record(
    z.string(),
    z.strictObject({
      ok: z.boolean(),
      degraded: z
        .literal(true)
        .optional()
        .describe('It serves, but not as it should: what is read is old, somebody should look'),
      detail: z.string().describe('What is wrong, or how far it is'),
    }),
  ),
});
