import type { ReviewPolicy } from '../script/script.events.js';

/** The isolation boundary itself: stream `tenant-<tenantId>.<tenantId>`, so that it counts as the tenant's own history. */
export type TenantEvent = TenantCreated | TenantSuspended | TenantRestored | TenantReviewPolicySet;

interface OfTenant {
  readonly tenantId: string;
}

export interface TenantCreated {
  readonly type: 'TenantCreated';
  /** `name` is a handle that operators know it by, in the form of a slug: no person's name. */
  readonly data: OfTenant & { readonly name: string };
}

/** It reads, but neither writes nor runs, until it is restored (DESIGN §3). */
export interface TenantSuspended {
  readonly type: 'TenantSuspended';
  readonly data: OfTenant & { readonly reason: string | null };
}

export interface TenantRestored {
  readonly type: 'TenantRestored';
  readonly data: OfTenant;
}

/** What applies to every script of the tenant that has no policy of its own. */
export interface TenantReviewPolicySet {
  readonly type: 'TenantReviewPolicySet';
  readonly data: OfTenant & { readonly policy: ReviewPolicy };
}
