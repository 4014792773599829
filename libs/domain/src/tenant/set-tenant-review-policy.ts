import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { requireTenantAtWork } from './tenant-terms.js';
import { requireTenant } from './require-tenant.js';
import type { TenantEvent } from './tenant.events.js';
import type { TenantState } from './tenant.state.js';

/** Sent whole: what is left out is the default. */
export const tenantReviewPolicySchema = z.strictObject({
  requiredApprovals: z.int().min(0).max(10).default(1),
  fourEyes: z.boolean().default(true),
});

export type SetTenantReviewPolicy = Command<
  'SetTenantReviewPolicy',
  z.output<typeof tenantReviewPolicySchema>
>;

/** DESIGN §3. A loosened policy serves later submissions only: each submission keeps the one it was made under. */
export function setTenantReviewPolicy(
  state: TenantState,
  { data, tenant }: SetTenantReviewPolicy,
): TenantEvent[] {
  requireTenantAtWork({ tenant });
  const { tenantId, reviewPolicy } = requireTenant(state);
  const { requiredApprovals, fourEyes } = reviewPolicy;
  if (requiredApprovals === data.requiredApprovals && fourEyes === data.fourEyes) return [];
  return [{ type: 'TenantReviewPolicySet', data: { tenantId, policy: data } }];
}
