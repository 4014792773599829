import { z } from 'zod';
import type { Command } from '../shared/command.js';
import type { PrincipalEvent } from './principal.events.js';
import type { PrincipalState } from './principal.state.js';
import { requirePrincipal } from './require-principal.js';

export const restorePrincipalSchema = z.strictObject({});

export type RestorePrincipal = Command<'RestorePrincipal', z.output<typeof restorePrincipalSchema>>;

export function restorePrincipal(state: PrincipalState, _command: RestorePrincipal): PrincipalEvent[] {
  const { subject, suspended } = requirePrincipal(state);
  return suspended ? [{ type: 'PrincipalRestored', data: { subject } }] : [];
}
