import { versionNumber } from '@stemma/domain';
import { z } from 'zod';

/** A difference outside of `source`. `path` is a JSON Pointer (RFC 6901); an absent side did not have the field. */
export const fieldChangeSchema = z.strictObject({
  path: z.string(),
  change: z.enum(['added', 'removed', 'changed']),
  from: z.json().optional(),
  to: z.json().optional(),
});

export const diffSchema = z.strictObject({
  from: versionNumber,
  to: versionNumber,
  same: z.boolean().describe('Both versions have one content'),
  source: z.string().describe('Unified text difference; empty when the sources are the same'),
  fields: z.array(fieldChangeSchema),
});
