import { versionNumber } from '@stemma/domain';
import { z } from 'zod';
import { versionStateSchema } from './version.js';

/** Which version came from which: the stemma of a script. */
export const lineageSchema = z.strictObject({
  slug: z.string(),
  nodes: z
    .array(
      z.strictObject({
        number: versionNumber,
        versionId: z.uuid(),
        state: versionStateSchema,
        contentHash: z.string(),
        changeSummary: z.string().nullable(),
        createdBy: z.string(),
        createdAt: z.iso.datetime(),
      }),
    )
    .describe('Oldest first'),
  edges: z.array(
    z.strictObject({
      from: versionNumber,
      to: versionNumber,
      kind: z
        .enum(['saved', 'rollback', 'import', 'same-content'])
        .describe('How `to` came from `from`; `same-content`: they have the same content'),
    }),
  ),
  truncated: z.boolean().describe('There are older versions: raise `limit`'),
});
