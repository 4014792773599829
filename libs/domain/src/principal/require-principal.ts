import type { Meta } from '../shared/metadata.js';
import { refuse } from '../shared/rejections.js';
import type { Principal, PrincipalState } from './principal.state.js';

export function requirePrincipal(state: PrincipalState): Principal {
  return state.exists
    ? state
    : refuse('principal-not-found', 'There is no such principal. Create it first: POST /v1/principals.');
}

/** Whoever manages principals cannot lock himself out: the last administrator always stays one. */
export function requireOther({ subject }: Principal, { actor }: Meta): void {
  if (actor.id !== subject) return;
  refuse('own-principal', `${subject} cannot do this to itself. Ask another administrator.`);
}
