import type { ProblemKind } from './problem-kind.js';

/** Refusals of the stream of a secret. */
export const secretKinds = {
  'secret-changed': {
    status: 409,
    title: 'The secret was set by somebody else at this moment',
    remedy: 'Look who set it: GET /v1/secrets/{name}. Then set it again, if it has to be yours.',
  },
  'secret-not-found': {
    status: 404,
    title: 'There is no such secret',
    remedy: 'Check the name. GET /v1/secrets lists what there is; PUT /v1/secrets/{name} sets one.',
  },
} as const satisfies Readonly<Record<string, ProblemKind>>;
