import { LOCAL_TENANT_ID } from '../shared/ids.js';
import { refuse } from '../shared/rejections.js';
import type { Tenant, TenantState } from './tenant.state.js';

export function requireTenant(state: TenantState): Tenant {
  return state.exists
    ? state
    : refuse('tenant-not-found', 'There is no such tenant. GET /v1/tenants lists what there is.');
}

/** From the first tenant all others are administered: suspended, it could not even be restored. */
export function requireNotTheFirst({ tenantId }: Tenant): void {
  if (tenantId !== LOCAL_TENANT_ID) return;
  refuse(
    'first-tenant',
    'This is the tenant from which all tenants are administered. It is never suspended.',
  );
}
