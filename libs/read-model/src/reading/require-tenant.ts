import { MissingTenant } from './errors.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The tenant of a query, checked where it is used and not only typed.
 *
 * @throws MissingTenant
 */
export function requireTenant(tenantId: string | null | undefined): string {
  if (typeof tenantId === 'string' && UUID.test(tenantId)) return tenantId;
  throw new MissingTenant('This query names no tenant: it is refused rather than answered for all of them.');
}
