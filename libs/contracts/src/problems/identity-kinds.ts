import type { ProblemKind } from './problem-kind.js';

/** Refusals of the streams of principals and keys. */
export const identityKinds = {
  'key-exists': {
    status: 409,
    title: 'The key id is taken',
    remedy: 'Create a key with another id.',
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
} as const satisfies Readonly<Record<string, ProblemKind>>;
