import type { PrincipalEvent, Role } from './principal.events.js';

export interface Principal {
  readonly exists: true;
  readonly subject: string;
  readonly kind: 'user' | 'service';
  readonly roles: readonly Role[];
  readonly suspended: boolean;
}

export type PrincipalState = { readonly exists: false } | Principal;

export const noPrincipal: PrincipalState = Object.freeze({ exists: false });

export function evolvePrincipal(state: PrincipalState, event: PrincipalEvent): PrincipalState {
  if (event.type === 'PrincipalCreated') return { exists: true, ...event.data, suspended: false };
  if (!state.exists) throw new Error(`${event.type} before PrincipalCreated: the stream is damaged`);
  switch (event.type) {
    case 'PrincipalRolesChanged':
      return { ...state, roles: event.data.roles };
    case 'PrincipalSuspended':
      return { ...state, suspended: true };
    case 'PrincipalRestored':
      return { ...state, suspended: false };
  }
}
