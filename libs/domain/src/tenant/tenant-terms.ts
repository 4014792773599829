import { DEFAULT_REVIEW_POLICY } from '../script/review-policy.js';
import type { ReviewPolicy } from '../script/script.events.js';
import { refuse } from '../shared/rejections.js';

/** What the tenant says to every decision within it: an input like the clock, read by the shell at that moment. */
export interface TenantTerms {
  readonly suspended: boolean;
  /** The default of its scripts. */
  readonly reviewPolicy: ReviewPolicy;
}

/** What applies while the tenant has said nothing: the strict default. */
export const DEFAULT_TENANT_TERMS: TenantTerms = Object.freeze({
  suspended: false,
  reviewPolicy: DEFAULT_REVIEW_POLICY,
});

/** A suspended tenant reads, but neither writes nor runs (DESIGN §3). */
export function requireTenantAtWork({
  tenant = DEFAULT_TENANT_TERMS,
}: {
  readonly tenant?: TenantTerms | undefined;
}): void {
  if (!tenant.suspended) return;
  refuse(
    'tenant-suspended',
    'This tenant is suspended: it can be read, but nothing is written or run. Ask who administers the system.',
  );
}
