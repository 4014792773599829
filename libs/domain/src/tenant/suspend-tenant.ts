import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { text } from '../shared/schemas.js';
import { requireNotTheFirst, requireTenant } from './require-tenant.js';
import type { TenantEvent } from './tenant.events.js';
import type { TenantState } from './tenant.state.js';

export const suspendTenantSchema = z.strictObject({ reason: text(2_000).nullable().default(null) });

export type SuspendTenant = Command<'SuspendTenant', z.output<typeof suspendTenantSchema>>;

export function suspendTenant(state: TenantState, { data }: SuspendTenant): TenantEvent[] {
  const tenant = requireTenant(state);
  requireNotTheFirst(tenant);
  const { tenantId, suspended } = tenant;
  return suspended ? [] : [{ type: 'TenantSuspended', data: { tenantId, reason: data.reason } }];
}
