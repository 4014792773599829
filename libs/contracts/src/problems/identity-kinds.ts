import type { ProblemKind } from './problem-kind.js';

/** Refusals of the streams of tenants, principals and keys. */
export const identityKinds = {
  'first-tenant': {
    status: 409,
    title: 'The first tenant stays',
    remedy: 'All tenants are administered from it. Suspend its principals instead.',
  },
  'key-exists': {
    status: 409,
    title: 'The key id is taken',
    remedy: 'Create a key with another id.',
  },
  'key-expired': {
    status: 409,
    title: 'The key would never work',
    remedy: 'Name a moment of the future, or leave `expiresAt` out.',
  },
  'key-not-found': {
    status: 404,
    title: 'There is no such key',
    remedy: 'Check the id: it is the part of a key between the first and the second underscore.',
  },
  'own-principal': {
    status: 409,
    title: 'Nobody does this to himself',
    remedy: 'Ask another administrator: so the last one always stays.',
  },
  'principal-exists': {
    status: 409,
    title: 'This principal exists already',
    remedy: 'Create a key for it, or choose another name.',
  },
  'principal-not-found': {
    status: 404,
    title: 'There is no such principal',
    remedy: 'Check the name. GET /v1/principals lists them; POST /v1/principals creates one.',
  },
  'tenant-exists': {
    status: 409,
    title: 'The name of the tenant is taken',
    remedy: 'Choose another name: it is the identity of a tenant, for ever.',
  },
  'tenant-not-found': {
    status: 404,
    title: 'There is no such tenant',
    remedy: 'Check the id. GET /v1/tenants lists what there is.',
  },
  'tenant-suspended': {
    status: 403,
    title: 'The tenant is suspended',
    remedy: 'It can be read, but nothing is written or run until an administrator of the system restores it.',
  },
} as const satisfies Readonly<Record<string, ProblemKind>>;
