/** What a shell script can rely on. The numbers are public interface: they are added to, never changed. */
export const exitCodes = {
  ok: 0,
  refused: 1,
  usage: 2,
  auth: 3,
  notFound: 4,
  conflict: 5,
  unavailable: 6,
  runFailed: 20,
  runTimedOut: 21,
  runCancelled: 22,
  rowsDiffer: 30,
  jobAborted: 31,
  projectionsUnwell: 32,
  runsUnwell: 33,
  bug: 70,
  interrupted: 130,
} as const;

/** For the help and the manual. */
export const exitCodeMeanings: readonly (readonly [code: number, meaning: string])[] = [
  [exitCodes.ok, 'done, or already so'],
  [exitCodes.refused, 'refused: the request is not valid, or the rules do not allow it'],
  [exitCodes.usage, 'the command line cannot be understood; nothing was sent'],
  [exitCodes.auth, 'no valid credential, or one that may not do this'],
  [exitCodes.notFound, 'there is no such thing'],
  [exitCodes.conflict, 'conflict: it changed meanwhile, or is not in the state for this'],
  [exitCodes.unavailable, 'the API, or a part it stands on, is away: repeat later'],
  [exitCodes.runFailed, 'followed a run: it failed'],
  [exitCodes.runTimedOut, 'followed a run: it ran out of time'],
  [exitCodes.runCancelled, 'followed a run: it was cancelled'],
  [exitCodes.rowsDiffer, 'projections: rows differ from a replay of the log'],
  [exitCodes.jobAborted, 'projections: somebody aborted the job'],
  [exitCodes.projectionsUnwell, 'projections status: one of them needs somebody'],
  [exitCodes.runsUnwell, 'runs doctor: something is out of step'],
  [exitCodes.bug, 'a bug, here or in the API'],
  [exitCodes.interrupted, 'you gave up (Ctrl-C)'],
];

const byStatus: Readonly<Record<number, number>> = {
  401: exitCodes.auth,
  403: exitCodes.auth,
  404: exitCodes.notFound,
  409: exitCodes.conflict,
  410: exitCodes.notFound,
  412: exitCodes.conflict,
  429: exitCodes.unavailable,
  500: exitCodes.bug,
  502: exitCodes.unavailable,
  503: exitCodes.unavailable,
  504: exitCodes.unavailable,
};

/** The exit code for an answer of the API that is not a success. */
export const exitCodeOfStatus = (status: number): number => byStatus[status] ?? exitCodes.refused;
