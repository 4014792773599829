import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../identity/caller.js';
import { Refused } from './refused.js';

/** A request and the reply whose headers the edge sets; the body is what the handler returns. */
export interface HttpExchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export const Exchange = createParamDecorator((_: unknown, context: ExecutionContext): HttpExchange => {
  const http = context.switchToHttp();
  return { request: http.getRequest<FastifyRequest>(), reply: http.getResponse<FastifyReply>() };
});

/** Who calls. A missing one is a refusal, never "no filter" (HAZARDS T9). */
export function callerOf({ request }: HttpExchange): Caller {
  if (!request.caller) throw new Refused('unauthenticated', 'This needs a credential.');
  return request.caller;
}

/** The value of a header that may be sent once; undefined when it is absent. */
export function headerOf({ request }: HttpExchange, name: string): string | undefined {
  const value = request.headers[name.toLowerCase()];
  return Array.isArray(value) ? value.join(', ') : value;
}
