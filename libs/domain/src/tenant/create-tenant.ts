import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { tenantIdOf } from '../shared/ids.js';
import { refuse } from '../shared/rejections.js';
import { slug } from '../shared/schemas.js';
import type { TenantEvent } from './tenant.events.js';
import type { TenantState } from './tenant.state.js';

export const createTenantSchema = z.strictObject({ name: slug });

export type CreateTenant = Command<'CreateTenant', z.output<typeof createTenantSchema>>;

/** The id follows from the name, so the store itself sees to it that a name is given once. */
export function createTenant(state: TenantState, { data }: CreateTenant): TenantEvent[] {
  if (state.exists) {
    refuse('tenant-exists', `A tenant ${data.name} exists already. Choose another name.`, {
      tenantId: state.tenantId,
    });
  }
  return [{ type: 'TenantCreated', data: { tenantId: tenantIdOf(data.name), name: data.name } }];
}
