import { type TermsOf, tenantStreamOf, termsOfTenant } from '@stemma/commands';
import type { EventStore } from '@stemma/event-store';
import type { FollowedIdentities } from './follow-identities.js';
import { foldTenant } from './identities.js';

interface TermsParts {
  readonly store: EventStore;
  readonly followed: FollowedIdentities;
}

/** In memory while the subscription is current; else from the stream of the tenant, for each command. */
export function followedTerms({ store, followed }: TermsParts): TermsOf {
  return async (tenantId) => {
    if (followed.isCurrent()) return termsOfTenant(followed.identities.tenant(tenantId));
    let state: ReturnType<typeof foldTenant> | undefined;
    for await (const event of store.readStream(tenantStreamOf(tenantId))) state = foldTenant(state, event);
    return termsOfTenant(state);
  };
}
