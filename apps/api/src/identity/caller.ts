import type { Role } from '@stemma/commands';

/** Who makes the request, from the credential alone. */
export interface Caller {
  readonly tenantId: string;
  readonly kind: 'user' | 'service';
  /** The person or service: the same one whichever key was used. */
  readonly person: string;
  readonly roles: readonly Role[];
  /** The credential: the id of a key, or `jwt:` and the id of the key that signed the token. */
  readonly keyId: string;
  /** The permissions it is narrowed to; `null`: all that the roles give. */
  readonly scopes: readonly string[] | null;
  readonly expiresAt: string | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard; null on public routes. */
    caller: Caller | null;
  }
}
