import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { refuse } from '../shared/rejections.js';
import { subject } from '../shared/schemas.js';
import type { PrincipalEvent, Role } from './principal.events.js';
import type { PrincipalState } from './principal.state.js';

const ROLES = [
  'viewer',
  'author',
  'reviewer',
  'publisher',
  'runner',
  'auditor',
  'operator',
  'admin',
] as const;

const roleSchema: z.ZodType<Role> = z.enum(ROLES);

export const rolesSchema = z
  .array(roleSchema)
  .max(ROLES.length)
  .refine((roles) => new Set(roles).size === roles.length, 'must name each role once');

export const createPrincipalSchema = z.strictObject({
  subject,
  kind: z.enum(['user', 'service']).default('user'),
  roles: rolesSchema,
});

export type CreatePrincipal = Command<'CreatePrincipal', z.output<typeof createPrincipalSchema>>;

/** One person is one principal, however many credentials it has: four eyes counts persons. */
export function createPrincipal(state: PrincipalState, { data }: CreatePrincipal): PrincipalEvent[] {
  if (state.exists) {
    refuse(
      'principal-exists',
      `${data.subject} exists already. Create a key for it, or choose another name.`,
    );
  }
  return [{ type: 'PrincipalCreated', data }];
}
