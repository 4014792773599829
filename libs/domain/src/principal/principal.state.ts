import type { PrincipalEvent, Role } from './principal.events.js';

export interface Principal {
  readonly exists: true;
  readonly subject: string;
  readonly kind: 'user' | 'service';
  readonly roles: readonly Role[];
}

export type PrincipalState = { readonly exists: false } | Principal;

export const noPrincipal: PrincipalState = Object.freeze({ exists: false });

export function evolvePrincipal(_state: PrincipalState, event: PrincipalEvent): PrincipalState {
  switch (event.type) {
    case 'PrincipalCreated':
      return { exists: true, ...event.data };
  }
}
