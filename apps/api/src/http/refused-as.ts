import type { ProblemCode } from '@stemma/contracts';
import type { FastifyRequest } from 'fastify';

const refusals = new WeakMap<FastifyRequest, ProblemCode>();

/** Remembers for the end of the request why it was refused. */
export function rememberRefusal(request: FastifyRequest, code: ProblemCode): void {
  refusals.set(request, code);
}

export const refusedAs = (request: FastifyRequest): ProblemCode | undefined => refusals.get(request);
