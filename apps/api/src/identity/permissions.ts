import type { Role } from '@stemma/commands';

/** What a handler may ask of its caller. Each handler declares exactly one, or that it is public. */
export type Permission =
  | 'self:read'
  | 'script:read'
  | 'script:write'
  | 'authoring:audit'
  | 'version:review'
  | 'version:publish'
  | 'version:roll-back'
  | 'run:request'
  | 'run:read'
  | 'projection:read'
  | 'projection:operate';

const read = ['self:read', 'script:read', 'run:read'] as const;

const operate = ['projection:read', 'projection:operate'] as const;

const granted: Readonly<Record<Role, readonly Permission[]>> = Object.freeze({
  viewer: read,
  author: [...read, 'script:write', 'run:request'],
  reviewer: [...read, 'version:review', 'run:request'],
  publisher: [...read, 'version:publish', 'version:roll-back'],
  runner: [...read, 'run:request'],
  auditor: [...read, 'authoring:audit', 'projection:read'],
  operator: [...read, ...operate],
  admin: [
    ...read,
    'authoring:audit',
    'script:write',
    'version:review',
    'version:publish',
    'version:roll-back',
    'run:request',
    ...operate,
  ],
});

/** R-E7, R-A14. A role that this release does not know grants nothing. */
export const mayDo = (roles: readonly Role[], permission: Permission): boolean =>
  roles.some((role) => Object.hasOwn(granted, role) && granted[role].includes(permission));

/** The roles that would do, for the answer to somebody who lacks them. */
export const rolesWith = (permission: Permission): readonly Role[] =>
  (Object.keys(granted) as Role[]).filter((role) => granted[role].includes(permission));
