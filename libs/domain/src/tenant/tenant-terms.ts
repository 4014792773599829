import { DEFAULT_REVIEW_POLICY } from '../script/review-policy.js';
import type { TenantTerms } from '../shared/command.js';
import { refuse } from '../shared/rejections.js';

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
