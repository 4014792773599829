import { z } from 'zod';

const instant = z.iso.datetime();
const since = { createdAt: instant, createdBy: z.string() };
const scopes = z.array(z.string()).nullable().describe('null: all that its person may do');

/** `stm_<keyId>_…`: the secret is nowhere but with its owner (HAZARDS A8). */
export const keySchema = z.strictObject({
  keyId: z.string(),
  prefix: z.string().describe('How the key begins'),
  person: z.string(),
  label: z.string().nullable(),
  scopes,
  expiresAt: instant.nullable(),
  revoked: z.boolean(),
  ...since,
});

export type Key = z.output<typeof keySchema>;

export const keyListSchema = z.strictObject({ items: z.array(keySchema) });

const shownOnce = z
  .string()
  .nullable()
  .describe(
    'The whole key, in the first answer alone: it is stored nowhere. null when the request is repeated; revoke the key and create another one if it was lost',
  );

export const createKeyAnswer = z.strictObject({
  keyId: z.string(),
  key: shownOnce,
  person: z.string(),
  label: z.string().nullable(),
  scopes,
  expiresAt: instant.nullable(),
});

/** `changed: false`: it was already so, and nothing was stored. */
export const keyAnswer = z.strictObject({ keyId: z.string(), changed: z.boolean() });

export const directoryEntrySchema = z.strictObject({
  subject: z.string(),
  displayName: z.string().nullable(),
  mail: z.string().nullable(),
});

export const namesSchema = z.strictObject({
  items: z.array(directoryEntrySchema.omit({ mail: true })),
});

export const principalSchema = z.strictObject({
  subject: z.string(),
  kind: z.enum(['user', 'service']),
  roles: z.array(z.string()),
  suspended: z.boolean(),
  displayName: z.string().nullable(),
  mail: z.string().nullable(),
  ...since,
});

export type PrincipalShown = z.output<typeof principalSchema>;

export const principalListSchema = z.strictObject({ items: z.array(principalSchema) });

export const principalAnswer = z.strictObject({ subject: z.string(), changed: z.boolean() });

const reviewPolicy = z.strictObject({ requiredApprovals: z.int(), fourEyes: z.boolean() });

export const tenantSchema = z.strictObject({
  tenantId: z.uuid(),
  name: z.string(),
  suspended: z.boolean(),
  reviewPolicy,
  ...since,
});

export type TenantShown = z.output<typeof tenantSchema>;

export const tenantListSchema = z.strictObject({ items: z.array(tenantSchema) });

export const tenantAnswer = z.strictObject({ tenantId: z.uuid(), changed: z.boolean() });

export const createTenantAnswer = z.strictObject({
  tenantId: z.uuid(),
  name: z.string(),
  admin: z.string().describe('The principal that administers the tenant'),
  keyId: z.string().nullable(),
  key: shownOnce,
});

export const reviewPolicyAnswer = z.strictObject({ ...tenantAnswer.shape, reviewPolicy });

export const denialListSchema = z.strictObject({
  items: z.array(
    z.strictObject({
      person: z.string(),
      via: z.string(),
      minute: instant,
      count: z.int(),
      attempts: z.array(
        z.strictObject({ method: z.string(), route: z.string(), code: z.string(), count: z.int() }),
      ),
    }),
  ),
});
