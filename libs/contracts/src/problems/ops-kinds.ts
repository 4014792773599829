import type { ProblemKind } from './problem-kind.js';

/** Refusals of what operators ask for. */
export const opsKinds = {
  'job-not-found': {
    status: 404,
    title: 'There is no such job',
    remedy: 'Check the id. GET /v1/ops/projections/jobs lists the newest ones.',
  },
  'not-parked': {
    status: 404,
    title: 'No such stream is parked',
    remedy:
      'It may have been retried or dropped meanwhile, or another event parks it now. GET /v1/ops/projections/parked lists what is parked.',
  },
  'projection-building': {
    status: 503,
    title: 'A projection is still being built',
    remedy:
      'Repeat the request after `Retry-After` seconds. `building` says how far it is; an earlier release goes on serving meanwhile.',
  },
  'projection-not-found': {
    status: 404,
    title: 'There is no such projection',
    remedy: 'Check the name. GET /v1/ops/projections lists what there is.',
  },
} as const satisfies Readonly<Record<string, ProblemKind>>;
