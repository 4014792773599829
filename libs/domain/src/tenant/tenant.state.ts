import { DEFAULT_REVIEW_POLICY } from '../script/review-policy.js';
import type { ReviewPolicy } from '../script/script.events.js';
import type { TenantTerms } from '../shared/command.js';
import type { TenantEvent } from './tenant.events.js';
import { DEFAULT_TENANT_TERMS } from './tenant-terms.js';

export interface Tenant {
  readonly exists: true;
  readonly tenantId: string;
  readonly name: string;
  readonly suspended: boolean;
  readonly reviewPolicy: ReviewPolicy;
}

export type TenantState = { readonly exists: false } | Tenant;

export const noTenant: TenantState = Object.freeze({ exists: false });

export function evolveTenant(state: TenantState, event: TenantEvent): TenantState {
  if (event.type === 'TenantCreated') {
    return { exists: true, ...event.data, suspended: false, reviewPolicy: DEFAULT_REVIEW_POLICY };
  }
  if (!state.exists) throw new Error(`${event.type} before TenantCreated: the stream is damaged`);
  switch (event.type) {
    case 'TenantSuspended':
      return { ...state, suspended: true };
    case 'TenantRestored':
      return { ...state, suspended: false };
    case 'TenantReviewPolicySet':
      return { ...state, reviewPolicy: event.data.policy };
  }
}

/** Tenants of logs older than their streams say nothing, and are held to the default. */
export const termsOfTenant = (state: TenantState | undefined): TenantTerms =>
  state?.exists === true
    ? { suspended: state.suspended, reviewPolicy: state.reviewPolicy }
    : DEFAULT_TENANT_TERMS;
