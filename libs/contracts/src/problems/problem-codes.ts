import type { RejectionCode } from '@stemma/domain';
import { edgeKinds } from './edge-kinds.js';
import { identityKinds } from './identity-kinds.js';
import { opsKinds } from './ops-kinds.js';
import type { ProblemKind } from './problem-kind.js';
import { runKinds } from './run-kinds.js';
import { scriptKinds } from './script-kinds.js';
import { secretKinds } from './secret-kinds.js';

export type EdgeCode = keyof typeof edgeKinds | keyof typeof opsKinds;

/** Every reason an answer can give for not doing what was asked: the last part of a problem's `type`. */
export type ProblemCode = RejectionCode | EdgeCode;

/**
 * Closed: a new reason of the business does not compile until it has its line here, and a line without a reason does not
 * either. Codes and statuses are public interface.
 */
export const problemKinds: Readonly<Record<ProblemCode, ProblemKind>> = closed({
  ...edgeKinds,
  ...identityKinds,
  ...scriptKinds,
  ...secretKinds,
  ...runKinds,
  ...opsKinds,
});

/** Excess properties of spread objects are not reported by the compiler: this does. */
function closed<Kinds extends Record<ProblemCode, ProblemKind>>(
  kinds: Kinds & Record<Exclude<keyof Kinds, ProblemCode>, never>,
): Readonly<Record<ProblemCode, ProblemKind>> {
  return Object.freeze(kinds);
}

export const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(problemKinds, code);

/** The `type` of a problem (RFC 9457): stable, relative to the API, and the address of a page that says what to do. */
export const problemType = (code: ProblemCode): string => `/problems/${code}`;
