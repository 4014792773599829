import type { Decider } from '@stemma/decider';
import type { Meta } from '../shared/metadata.js';
import { requireTenantAtWork } from '../tenant/tenant-terms.js';
import { type ChangeRoles, changeRoles } from './change-roles.js';
import { type CreatePrincipal, createPrincipal } from './create-principal.js';
import type { PrincipalEvent } from './principal.events.js';
import { evolvePrincipal, noPrincipal, type PrincipalState } from './principal.state.js';
import { type RestorePrincipal, restorePrincipal } from './restore-principal.js';
import { type SuspendPrincipal, suspendPrincipal } from './suspend-principal.js';

export type PrincipalCommand = CreatePrincipal | ChangeRoles | SuspendPrincipal | RestorePrincipal;

export const principalDecider: Decider<PrincipalState, PrincipalCommand, PrincipalEvent, Meta> = {
  initial: noPrincipal,
  evolve: evolvePrincipal,
  decide,
};

function decide(state: PrincipalState, command: PrincipalCommand): readonly PrincipalEvent[] {
  if (command.type !== 'SuspendPrincipal') requireTenantAtWork(command);
  switch (command.type) {
    case 'CreatePrincipal':
      return createPrincipal(state, command);
    case 'ChangeRoles':
      return changeRoles(state, command);
    case 'SuspendPrincipal':
      return suspendPrincipal(state, command);
    case 'RestorePrincipal':
      return restorePrincipal(state, command);
  }
}
