import type { Logger } from '@stemma/observability';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Admit } from '../identity/admit.js';
import { DOCS } from './openapi.js';
import { answerProblem } from './problem.filter.js';
import { problemKinds } from '@stemma/contracts';
import { Refused } from './refused.js';

/** Longer ones are answered with 414; Node itself reads no more than 16 KB of request line and headers. */
const MOST_URL = 4_096;
/** Names and values: each header is two entries. */
const MOST_HEADERS = 100;

/**
 * The door of the API: who may not enter, and what leads nowhere, is answered on its headers alone. Its body is not read;
 * the connection is closed instead.
 */
export function guardDoor(fastify: FastifyInstance, admit: Admit, logger: Logger): void {
  fastify.decorateRequest('caller', null);
  fastify.decorateRequest('admittedFor', null);
  fastify.addHook('onRequest', (request, reply, done) => {
    knock(request, reply, admit).then(
      () => done(),
      (error: unknown) => {
        if (hasBody(request)) void reply.header('Connection', 'close');
        answerProblem(logger, request, reply, error);
      },
    );
  });
}

async function knock(request: FastifyRequest, reply: FastifyReply, admit: Admit): Promise<void> {
  if (request.url.length > MOST_URL) throw refusedAs('uri-too-long');
  if (request.raw.rawHeaders.length > 2 * MOST_HEADERS) throw refusedAs('headers-too-large');
  if (request.is404) throw refusedAs('not-found');
  const { config, url = '' } = request.routeOptions;
  if (config.access === undefined && (url === DOCS || url.startsWith(`${DOCS}/`))) return;
  await admit(request, reply, config.access);
}

const refusedAs = (code: keyof typeof problemKinds): Refused => new Refused(code, problemKinds[code].remedy);

const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
