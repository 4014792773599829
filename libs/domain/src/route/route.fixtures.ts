import { routeIdOf } from '../shared/ids.js';
import type { Meta } from '../shared/metadata.js';
import type { Claim } from './claim-route.js';

const tenantId = '7b1f3a52-3d1e-5b0a-9c55-000000000001';
export const route = { method: 'POST', path: '/hooks/sales' } as const;
export const routeId = routeIdOf(tenantId, route.method, route.path);

/** Second `second` of one minute or of the next ones. */
export const at = (second: number): Meta => ({
  tenantId,
  actor: { kind: 'user', id: 'ann', via: null },
  at: new Date(Date.UTC(2026, 10, 21, 8, 0, second)).toISOString(),
});

export const claimOf = (slug: string, idle: string | null = null): Claim => ({
  ...route,
  ...claimant(slug),
  slug,
  idleOwner: idle === null ? null : claimant(idle),
});

export const claimant = (slug: string) => ({ scriptId: `script ${slug}`, triggerId: `trigger of ${slug}` });
