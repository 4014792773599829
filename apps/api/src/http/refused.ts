import type { Fault, ProblemCode } from '@stemma/contracts';

export interface RefusedExtras {
  readonly errors?: readonly Fault[];
  /** Members of the problem beside those of the standard. */
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** A request refused at the edge. `detail` tells a person what is wrong and what to do; it repeats no secret. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    readonly extras: RefusedExtras = {},
  ) {
    super(detail, { cause: extras.cause });
  }
}
