import type { Decider } from '@stemma/decider';
import type { Meta } from '../shared/metadata.js';
import { type CreateTenant, createTenant } from './create-tenant.js';
import { type RestoreTenant, restoreTenant } from './restore-tenant.js';
import { type SetTenantReviewPolicy, setTenantReviewPolicy } from './set-tenant-review-policy.js';
import { type SuspendTenant, suspendTenant } from './suspend-tenant.js';
import type { TenantEvent } from './tenant.events.js';
import { evolveTenant, noTenant, type TenantState } from './tenant.state.js';

export type TenantCommand = CreateTenant | SuspendTenant | RestoreTenant | SetTenantReviewPolicy;

export const tenantDecider: Decider<TenantState, TenantCommand, TenantEvent, Meta> = {
  initial: noTenant,
  evolve: evolveTenant,
  decide,
};

function decide(state: TenantState, command: TenantCommand): readonly TenantEvent[] {
  switch (command.type) {
    case 'CreateTenant':
      return createTenant(state, command);
    case 'SuspendTenant':
      return suspendTenant(state, command);
    case 'RestoreTenant':
      return restoreTenant(state, command);
    case 'SetTenantReviewPolicy':
      return setTenantReviewPolicy(state, command);
  }
}
