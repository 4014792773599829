import type { Decider } from '@stemma/decider';
import type { Meta } from '../shared/metadata.js';
import { type CreatePrincipal, createPrincipal } from './create-principal.js';
import type { PrincipalEvent } from './principal.events.js';
import { evolvePrincipal, noPrincipal, type PrincipalState } from './principal.state.js';

export type PrincipalCommand = CreatePrincipal;

export const principalDecider: Decider<PrincipalState, PrincipalCommand, PrincipalEvent, Meta> = {
  initial: noPrincipal,
  evolve: evolvePrincipal,
  decide: createPrincipal,
};
