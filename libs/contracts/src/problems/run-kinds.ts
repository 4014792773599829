import type { ProblemKind } from './problem-kind.js';

/** Refusals of the run stream, and of running a script. */
export const runKinds = {
  'attempt-out-of-order': {
    status: 409,
    title: 'An earlier attempt was never started',
    remedy: 'Attempts are started in order, from 1 on.',
  },
  'attempt-superseded': {
    status: 409,
    title: 'A later attempt has begun',
    remedy: 'Drop the report: only the current attempt of a run counts.',
  },
  'file-not-found': {
    status: 404,
    title: 'There is no such file',
    remedy: 'Check the name. The manifest of the run lists its files; retention may have removed the bytes.',
  },
  'input-invalid': {
    status: 400,
    title: 'The input is not as the script wants it',
    remedy:
      'Mend what `faults` names: each has the place in the input and what is wrong. The content of the version has the schema.',
  },
  'input-too-large': {
    status: 413,
    title: 'The input is too large',
    remedy: 'Send less, or split the work into several runs. `detail` names the limits.',
  },
  'no-active-version': {
    status: 409,
    title: 'The script has no active version',
    remedy: 'Publish one, or run a draft in the sandbox.',
  },
  'not-active': {
    status: 409,
    title: 'Production runs the active version only',
    remedy: 'Leave the version out, or run it in the sandbox.',
  },
  'run-cancelled': {
    status: 409,
    title: 'The run was cancelled',
    remedy: 'Request a new run.',
  },
  'run-exists': {
    status: 409,
    title: 'This run was requested before',
    remedy: 'Read the run that exists.',
  },
  'run-finished': {
    status: 409,
    title: 'The run has ended',
    remedy: 'Its result stands. Request a new run.',
  },
  'run-not-found': {
    status: 404,
    title: 'There is no such run',
    remedy: 'Check the id. GET /v1/runs lists what there is.',
  },
  'services-only': {
    status: 403,
    title: 'Only services run this script in production',
    remedy:
      'It is of type `embedded`: ask with the key of a principal of kind `service`, or try it with `"context": "sandbox"`.',
  },
  'script-disabled': {
    status: 409,
    title: 'The script is disabled',
    remedy: 'Enable it, or run a version in the sandbox.',
  },
} as const satisfies Readonly<Record<string, ProblemKind>>;
