import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { requireTenant } from './require-tenant.js';
import type { TenantEvent } from './tenant.events.js';
import type { TenantState } from './tenant.state.js';

export const restoreTenantSchema = z.strictObject({});

export type RestoreTenant = Command<'RestoreTenant', z.output<typeof restoreTenantSchema>>;

export function restoreTenant(state: TenantState, _command: RestoreTenant): TenantEvent[] {
  const { tenantId, suspended } = requireTenant(state);
  return suspended ? [{ type: 'TenantRestored', data: { tenantId } }] : [];
}
