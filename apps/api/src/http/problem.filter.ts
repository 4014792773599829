import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import { problemKinds, problemType, type Problem } from '@stemma/contracts';
import type { Logger } from '@stemma/observability';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LOGGER } from '../parts.js';
import type { Refused } from './refused.js';
import { rememberRefusal } from './refused-as.js';
import { refusalOf } from './refusal-of.js';

/** Every answer that is no success is made here, as application/problem+json (RFC 9457). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    answerProblem(this.logger, request, http.getResponse<FastifyReply>(), error);
  }
}

/** Answers any error as a problem, and logs it: one of ours that was not meant is for operators to see. */
export function answerProblem(
  logger: Logger,
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
): void {
  const refused = refusalOf(error);
  const fields = { requestId: request.id, code: refused.code };
  if (refused.code === 'internal-error')
    logger.error({ ...fields, err: refused.extras.cause }, 'a request failed');
  else logger.debug({ ...fields, detail: refused.detail }, 'a request was refused');
  if (!reply.sent) sendProblem(reply, refused, request.id);
}

export function sendProblem(reply: FastifyReply, refused: Refused, requestId: string): void {
  const problem = problemOf(refused, requestId);
  rememberRefusal(reply.request, refused.code);
  void reply
    .code(problem.status)
    .headers(refused.extras.headers ?? {})
    .header('Content-Type', 'application/problem+json; charset=utf-8')
    .send(JSON.stringify(problem));
}

export function problemOf({ code, detail, extras }: Refused, requestId: string): Problem {
  const { status, title } = problemKinds[code];
  return {
    ...extras.facts,
    type: problemType(code),
    title,
    status,
    code,
    detail,
    instance: `urn:uuid:${requestId}`,
    ...(extras.errors && { errors: [...extras.errors] }),
  };
}
