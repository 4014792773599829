import { FastifyAdapter } from '@nestjs/platform-fastify';
import { headers, type ProblemCode, problemKinds } from '@stemma/contracts';
import type { Logger, Metrics } from '@stemma/observability';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Admit } from '../identity/admit.js';
import { type AnswerHeaderOptions, setAnswerHeaders } from './answer-headers.js';
import { answerInTime } from './answer-in-time.js';
import { countRequests, operationOf } from './count-requests.js';
import { guardDoor } from './door.js';
import { answerProblem, problemOf, sendProblem } from './problem.filter.js';
import { readJson } from './read-json.js';
import { refusalOf } from './refusal-of.js';
import { Refused } from './refused.js';
import { traceOf } from './trace.js';

export interface AdapterOptions {
  /** Bytes. */
  readonly bodyLimit: number;
  /** How long a client may take to send a request, in milliseconds. */
  readonly receiveMs: number;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly admit: Admit;
  readonly answers: AnswerHeaderOptions;
}

/** The one route that takes bytes as they are: streamed, and counted where they are stored. */
const UPLOADS = '/v1/files';

/** The name of an artifact, 1 KiB of UTF-8, percent-encoded. */
const LONGEST_PARAMETER = 3 * 1024;

const HANDLER_MS = 30_000;
/** Headers are small: who needs longer for them holds a connection, not a conversation. */
const HEADERS_MS = 10_000;
/** How often the server looks for clients, and handlers, that are too slow. */
const LOOK_EVERY_MS = 1_000;
const MAX_HEADER_BYTES = 16 * 1024;
const PATIENCE = { withinMs: HANDLER_MS, lookEveryMs: LOOK_EVERY_MS };

const answering =
  (logger: Logger) =>
  (reply: FastifyReply, refused: Refused): void =>
    answerProblem(logger, reply.request, reply, refused);

/** Fastify as the API wants it: its own JSON reader and nothing else, an id for every request, limits on everything. */
export function createAdapter(options: AdapterOptions): FastifyAdapter {
  const { bodyLimit, receiveMs, logger, metrics, admit } = options;
  const count = countRequests(metrics);
  const adapter = new FastifyAdapter({
    bodyLimit,
    return503OnClosing: false,
    genReqId: () => randomUUID(),
    requestTimeout: receiveMs,
    http: {
      headersTimeout: Math.min(HEADERS_MS, receiveMs),
      requestTimeout: receiveMs,
      connectionsCheckingInterval: LOOK_EVERY_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      void reply.header(headers.requestId, request.id);
      sendProblem(reply, refusalOf(error), request.id);
    },
    clientErrorHandler: (error: NodeJS.ErrnoException, socket: Socket) =>
      count('unreadable', answerBrokenRequest(error, socket), 0),
  });
  const fastify = adapter.getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, readJson(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
  fastify.addContentTypeParser('application/octet-stream', (request, body, done) => {
    if (request.routeOptions.url === UPLOADS) done(null, body);
    else done(new Refused('unsupported-media-type', 'Send JSON, with Content-Type: application/json.'));
  });
  let stopping = false;
  fastify.addHook('preClose', (done) => {
    stopping = true;
    done();
  });
  setAnswerHeaders(fastify, options.answers);
  answerInTime(fastify, PATIENCE, answering(logger));
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!stopping) return done();
    void reply.header('Retry-After', '1');
    sendProblem(reply, new Refused('shutting-down', problemKinds['shutting-down'].remedy), request.id);
  });
  guardDoor(fastify, admit, logger);
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (stopping) void reply.header('Connection', 'close');
    done(null, payload);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const { statusCode, elapsedTime } = reply;
    count(operationOf(request), statusCode, elapsedTime);
    if (logger.isLevelEnabled('debug')) logger.debug(lineOf(request, statusCode, elapsedTime), 'request');
    done();
  });
  return adapter;
}

function lineOf(request: FastifyRequest, status: number, elapsed: number): object {
  return {
    requestId: request.id,
    method: request.method,
    route: request.routeOptions.url,
    status,
    ms: Math.round(elapsed * 100) / 100,
    person: request.caller?.person,
    traceId: traceOf(request)?.traceId,
  };
}

const brokenBy: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
};

/**
 * What Node could not read as HTTP, or not in time, never becomes a request: it is answered on the bare socket and hung
 * up on. Gives the status.
 */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): number {
  const code = brokenBy[error.code ?? ''] ?? 'malformed-request';
  const { status, title, ...problem } = problemOf(new Refused(code, problemKinds[code].remedy), randomUUID());
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return status;
  }
  const body = JSON.stringify({ ...problem, status, title });
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  return status;
}
