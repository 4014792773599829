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
  'principal-exists': {
    status: 409,
    title: 'This principal exists already',
    remedy: 'Create a key for it, or choose another name.',
  },
} as const satisfies Readonly<Record<string, ProblemKind>>;
