import { z } from 'zod';

/** Who the API takes the caller for: the actor of everything done with this credential. */
export const whoamiSchema = z.strictObject({
  person: z.string(),
  kind: z.enum(['user', 'service']),
  tenantId: z.uuid(),
  roles: z.array(z.string()),
  keyId: z.string(),
  scopes: z.array(z.string()).nullable().describe('What this credential is narrowed to; null: nothing'),
  displayName: z.string().nullable(),
  mail: z.string().nullable(),
  expiresAt: z.iso.datetime().nullable(),
});
