import { tenantDecider, tenantStreamOf, termsOfTenant } from '@stemma/domain';
import { type EventStore, openAggregate } from '@stemma/event-store';
import type { TermsOf } from '../decide-command.js';

/** Terms from the stream of the tenant, caught up with at each question: for a process that does not follow tenants. */
export function readingTerms(store: EventStore): TermsOf {
  const tenants = openAggregate({ store, decider: tenantDecider });
  return async (tenantId) => termsOfTenant((await tenants.load(tenantStreamOf(tenantId))).state);
}
