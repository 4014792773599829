import type { Role } from '@stemma/commands';

/** Who makes the request, from the credential alone. */
export interface Caller {
  readonly tenantId: string;
  readonly kind: 'user' | 'service';
  /** The person or service: the same one whichever key was used. */
  readonly person: string;
  readonly roles: readonly Role[];
  readonly keyId: string;
  readonly expiresAt: string | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard; null on public routes. */
    caller: Caller | null;
  }
}
