import type { MetricsGuard } from '@stemma/observability';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../http/refused.js';
import type { Limits } from '../limits/limits.js';
import type { Authenticate } from './authenticate.js';
import type { Access } from './declare.js';
import { requirePermission } from './permissions.js';
import { unauthenticated } from './unauthenticated.js';

export interface AdmitParts {
  readonly authenticate: Authenticate;
  readonly guardMetrics: MetricsGuard;
  readonly limits: Limits;
}

/**
 * Nobody by default: a handler that declares nothing is closed to everybody. Lets a request in that may do what `access` names, or throws `Refused`. The one place that decides it: asked before the
 * body is read, and once more by the guard of the handlers for whatever came another way (HAZARDS A1).
 */
export type Admit = (
  request: FastifyRequest,
  reply: FastifyReply,
  access: Access | undefined,
) => Promise<void>;

declare module 'fastify' {
  interface FastifyRequest {
    /** For which access the request was let in; null until it was. */
    admittedFor: Access | null;
  }
}

export function admitting({ authenticate, guardMetrics, limits }: AdmitParts): Admit {
  return async (request, reply, access) => {
    if (access === 'metrics') letOperatorIn(guardMetrics, request);
    else if (access !== 'public') {
      const caller = await authenticate(request.headers.authorization);
      await limits.count(caller, reply);
      if (access === undefined) throw new Refused('forbidden', 'Nobody was given access to this.');
      request.caller = caller;
      requirePermission(caller, access);
    }
    request.admittedFor = access ?? null;
  };
}

function letOperatorIn(guardMetrics: MetricsGuard, { raw }: FastifyRequest): void {
  const refusal = guardMetrics(raw);
  if (!refusal) return;
  throw refusal.status === 401 ? unauthenticated(refusal.detail) : new Refused('forbidden', refusal.detail);
}
