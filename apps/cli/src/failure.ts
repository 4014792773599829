import { exitCodes } from './exit-codes.js';

/** What is told of a failure: the members of a problem (RFC 9457) that the API and the command line share. */
export interface Explanation {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly [member: string]: unknown;
}

/** Ends the command with an exit code and words for people; `problem` is what machines get instead. */
export class Failure extends Error {
  override readonly name = 'Failure';
  constructor(
    readonly exitCode: number,
    readonly problem: Explanation,
    /** Commands that lead on from here, for people. */
    readonly next: readonly string[] = [],
    /** How things stand now, in one line, for people. */
    readonly now?: string,
  ) {
    super(problem.detail);
  }
}

/** The command line cannot be understood, or names something that is not there on this machine. */
export const usageFailure = (detail: string, next: readonly string[] = []): Failure =>
  new Failure(exitCodes.usage, { code: 'usage', title: 'The command cannot be understood', detail }, next);

/** The words of whatever was thrown. */
export function reasonOf(error: unknown): string {
  const told = typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
  return String(told);
}
