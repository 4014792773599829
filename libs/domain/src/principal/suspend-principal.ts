import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { text } from '../shared/schemas.js';
import type { PrincipalEvent } from './principal.events.js';
import type { PrincipalState } from './principal.state.js';
import { requireOther, requirePrincipal } from './require-principal.js';

export const suspendPrincipalSchema = z.strictObject({ reason: text(2_000).nullable().default(null) });

export type SuspendPrincipal = Command<'SuspendPrincipal', z.output<typeof suspendPrincipalSchema>>;

export function suspendPrincipal(state: PrincipalState, { data, meta }: SuspendPrincipal): PrincipalEvent[] {
  const principal = requirePrincipal(state);
  requireOther(principal, meta);
  const { subject, suspended } = principal;
  return suspended ? [] : [{ type: 'PrincipalSuspended', data: { subject, reason: data.reason } }];
}
