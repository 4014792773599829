import { setTimeout as pause } from 'node:timers/promises';
import { Refused } from '../http/refused.js';
import type { FollowedIdentities } from './follow-identities.js';
import type { Identities } from './identities.js';

/**
 * Lists of keys, principals and tenants come from the very fold that lets people in: what is shown is what counts, also
 * while Postgres is away, and there is no second copy of it that could lag behind.
 */
export type IdentityReads = Pick<
  Identities,
  'key' | 'keys' | 'principal' | 'principals' | 'tenant' | 'tenants'
> & {
  /** Resolves when this process acts on everything up to `position`, at the latest after a second. */
  readonly seen: (position: bigint) => Promise<void>;
};

const SEEN_MS = 1_000;

export function identityReads(followed: FollowedIdentities): IdentityReads {
  const current = (): Identities => {
    if (followed.isCurrent()) return followed.identities;
    throw new Refused('unavailable', 'Keys and principals are not caught up with the event store.', {
      headers: { 'Retry-After': '1' },
    });
  };
  return {
    key: (tenantId, keyId) => current().key(tenantId, keyId),
    keys: (tenantId) => current().keys(tenantId),
    principal: (tenantId, subject) => current().principal(tenantId, subject),
    principals: (tenantId) => current().principals(tenantId),
    tenant: (tenantId) => current().tenant(tenantId),
    tenants: () => current().tenants(),
    seen: (position) => Promise.race([followed.reached(position), pause(SEEN_MS, undefined, { ref: false })]),
  };
}
