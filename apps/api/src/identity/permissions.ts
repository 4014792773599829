import { LOCAL_TENANT_ID, type Role } from '@stemma/commands';
import { Refused } from '../http/refused.js';

/** What a handler may ask of its caller. Each handler declares exactly one, or that it is public. Keys are narrowed by these names. */
export type Permission =
  | 'self:read'
  | 'self:write'
  | 'key:own'
  | 'key:administer'
  | 'principal:read'
  | 'principal:administer'
  | 'tenant:read'
  | 'tenant:set-policy'
  | 'tenant:administer'
  | 'security:read'
  | 'script:read'
  | 'script:write'
  | 'authoring:audit'
  | 'script:prune'
  | 'script:retire'
  | 'trigger:set'
  | 'policy:set'
  | 'version:review'
  | 'version:publish'
  | 'version:break-glass'
  | 'version:roll-back'
  | 'run:request'
  | 'run:read'
  | 'secret:read'
  | 'secret:bind'
  | 'secret:write'
  | 'secret:rewrap'
  | 'blob:sweep'
  | 'projection:read'
  | 'projection:operate'
  | 'worker:read'
  | 'worker:operate';

const read = ['self:read', 'self:write', 'key:own', 'tenant:read', 'script:read', 'run:read'] as const;

const operate = [
  'projection:read',
  'projection:operate',
  'worker:read',
  'worker:operate',
  'secret:rewrap',
] as const;

const granted: Readonly<Record<Role, readonly Permission[]>> = Object.freeze({
  viewer: read,
  author: [...read, 'script:write', 'trigger:set', 'run:request', 'secret:read', 'secret:bind'],
  reviewer: [...read, 'version:review', 'run:request', 'secret:read'],
  publisher: [...read, 'version:publish', 'version:roll-back', 'trigger:set', 'secret:read'],
  runner: [...read, 'run:request'],
  auditor: [...read, 'authoring:audit', 'principal:read', 'security:read', 'secret:read', 'projection:read'],
  operator: [...read, 'script:prune', 'blob:sweep', ...operate],
  admin: [
    ...read,
    'key:administer',
    'principal:read',
    'principal:administer',
    'tenant:set-policy',
    'tenant:administer',
    'security:read',
    'authoring:audit',
    'script:write',
    'script:prune',
    'blob:sweep',
    'script:retire',
    'trigger:set',
    'policy:set',
    'secret:read',
    'secret:bind',
    'secret:write',
    'version:review',
    'version:publish',
    'version:break-glass',
    'version:roll-back',
    'run:request',
    ...operate,
  ],
});

/** Beyond one tenant: granted by the roles of the first tenant alone, whatever a role of another one says. */
const ofTheSystem: ReadonlySet<Permission> = new Set([
  'tenant:administer',
  'projection:read',
  'projection:operate',
  'worker:read',
  'worker:operate',
  'secret:rewrap',
]);

/** A credential as far as permissions go. */
export interface Bearer {
  readonly tenantId: string;
  readonly roles: readonly Role[];
  /** The permissions that the credential is narrowed to; `null`: not narrowed. */
  readonly scopes: readonly string[] | null;
}

/** R-E7, R-A14. A role or a scope that this release does not know grants nothing. Who one is may always be asked. */
export const mayDo = ({ tenantId, roles, scopes }: Bearer, permission: Permission): boolean =>
  (scopes === null || permission === 'self:read' || scopes.includes(permission)) &&
  (!ofTheSystem.has(permission) || tenantId === LOCAL_TENANT_ID) &&
  roles.some((role) => Object.hasOwn(granted, role) && granted[role].includes(permission));

/** The roles that would do, for the answer to somebody who lacks them. */
export const rolesWith = (permission: Permission): readonly Role[] =>
  (Object.keys(granted) as Role[]).filter((role) => granted[role].includes(permission));

/** Throws `Refused` (403), with what is lacking: a role, a scope of the key, or the right tenant. */
export function requirePermission(
  caller: Bearer & { readonly person: string },
  permission: Permission,
): void {
  if (mayDo(caller, permission)) return;
  throw new Refused('forbidden', `This needs ${permission}; ${lackOf(caller, permission)}.`);
}

function lackOf(caller: Bearer & { readonly person: string }, permission: Permission): string {
  if (ofTheSystem.has(permission) && caller.tenantId !== LOCAL_TENANT_ID) {
    return 'only an admin of the first tenant has it';
  }
  if (mayDo({ ...caller, scopes: null }, permission)) return 'this key is narrowed to less';
  return `${caller.person} has none of the roles ${rolesWith(permission).join(', ')}`;
}

const known: ReadonlySet<string> = new Set(Object.values(granted).flat());

/** Every permission there is, by name. */
export const isPermission = (name: string): name is Permission => known.has(name);
