/**
 * A command refused by the business. `code` is a kebab-case word of a closed union; `message` tells a person what to do
 * next; `details` are facts the caller needs for it (the current head, say). HTTP meets it in exactly one place.
 */
export class Rejection<Code extends string = string> extends Error {
  override readonly name = 'Rejection';

  constructor(
    readonly code: Code,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

export function isRejection(error: unknown): error is Rejection {
  return error instanceof Rejection;
}
