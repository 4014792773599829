import {
  type TenantCommand,
  tenantDecider,
  type TenantState,
  tenantStreamOf,
  termsOfTenant,
} from '@stemma/domain';
import { type Aggregate, type EventStore, openAggregate } from '@stemma/event-store';
import type { TermsOf } from '../decide-command.js';

/** Terms from the stream of the tenant, caught up with at each question: for a process that does not follow tenants. */
export function readingTerms(store: EventStore): TermsOf {
  const tenants = openTenants(store);
  return termsIn((stream) => tenants.load(stream));
}

/** The states of tenants, for a process that keeps them up to date by itself. */
export const openTenants = (store: EventStore): Aggregate<TenantState, TenantCommand> =>
  openAggregate({ store, decider: tenantDecider });

/** Terms from the states of tenants, as they are loaded. */
export const termsIn =
  (load: (stream: string) => Promise<{ readonly state: TenantState }>): TermsOf =>
  async (tenantId) =>
    termsOfTenant((await load(tenantStreamOf(tenantId))).state);
