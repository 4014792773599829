import type { Fault, ProblemCode } from '@stemma/contracts';

/** An answer that is no success: what went wrong and what to do, as the API said it (RFC 9457). */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(
    readonly code: ProblemCode | 'unknown',
    readonly status: number,
    /** What is wrong with this request, and what to do. */
    readonly detail: string,
    readonly errors: readonly Fault[],
    /** All members of the problem, those beyond the standard too (`head` of a stale base, say). */
    readonly problem: Readonly<Record<string, unknown>>,
  ) {
    super(`${detail} [${status} ${code}]`);
  }
}

/** Nobody answers at the address: the API is not running, or not there. */
export class ApiUnreachable extends Error {
  override readonly name = 'ApiUnreachable';

  constructor(
    readonly baseUrl: string,
    cause: unknown,
  ) {
    super(`Nobody answers at ${baseUrl}: is the API running there?`, { cause });
  }
}

/** The problem in an answer. What is no problem of ours (a proxy's page, say) is told by its status. */
export async function problemOf(response: Response): Promise<ProblemError> {
  const { status, statusText } = response;
  const text = await response.text();
  const problem = parse(text);
  const { code, detail, errors } = problem ?? {};
  if (typeof code !== 'string' || typeof detail !== 'string') {
    return new ProblemError(
      'unknown',
      status,
      `${status} ${statusText}: ${text.slice(0, 200)}`,
      [],
      problem ?? {},
    );
  }
  const faults = Array.isArray(errors) ? (errors as Fault[]) : [];
  return new ProblemError(code as ProblemCode, status, detail, faults, problem ?? {});
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
