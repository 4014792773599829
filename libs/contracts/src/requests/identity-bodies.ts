import {
  changeRolesSchema,
  createPrincipalSchema,
  createTenantSchema,
  requestApiKeySchema,
  subject,
  suspendPrincipalSchema,
  suspendTenantSchema,
  tenantReviewPolicySchema,
  text,
} from '@stemma/domain';
import { z } from 'zod';
import { limitParameter } from './parameters.js';

export const createKeyBody = requestApiKeySchema;
export const createPrincipalBody = createPrincipalSchema;
export const changeRolesBody = changeRolesSchema;
export const suspendPrincipalBody = suspendPrincipalSchema;
export const createTenantBody = createTenantSchema;
export const suspendTenantBody = suspendTenantSchema;
export const reviewPolicyBody = tenantReviewPolicySchema;

/** Whole: what is left out is nothing from now on. */
export const directoryBody = z.strictObject({
  displayName: text(200).min(1).nullable().default(null),
  mail: z.email().max(254).nullable().default(null),
});

export const keyIdParameter = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,64}$/, 'must be the id of a key: what stands between its underscores')
  .describe('The part of a key between its underscores');

export const subjectParameter = subject.describe('The person or service, as events name it');

export const tenantIdParameter = z.uuid('must be a UUID').describe('The tenant');

export const listKeysQuery = z.strictObject({
  all: z
    .enum(['true', 'false'])
    .default('false')
    .transform((value) => value === 'true')
    .describe('Those of everybody in the tenant; needs key:administer'),
});

export const revokeKeyQuery = z.strictObject({
  reason: text(2_000).optional().describe('Why, for the history'),
});

export const denialsQuery = z.strictObject({ limit: limitParameter });
