import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { rolesSchema } from './create-principal.js';
import type { PrincipalEvent, Role } from './principal.events.js';
import type { PrincipalState } from './principal.state.js';
import { requireOther, requirePrincipal } from './require-principal.js';

export const changeRolesSchema = z.strictObject({ roles: rolesSchema });

export type ChangeRoles = Command<'ChangeRoles', z.output<typeof changeRolesSchema>>;

export function changeRoles(state: PrincipalState, { data, meta }: ChangeRoles): PrincipalEvent[] {
  const principal = requirePrincipal(state);
  requireOther(principal, meta);
  const { subject, roles } = principal;
  if (sameRoles(roles, data.roles)) return [];
  return [{ type: 'PrincipalRolesChanged', data: { subject, roles: data.roles } }];
}

function sameRoles(left: readonly Role[], right: readonly Role[]): boolean {
  return left.length === right.length && left.every((role) => right.includes(role));
}
