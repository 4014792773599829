import { headers } from '@stemma/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DOCS } from './openapi.js';
import { traceOf, traceResponse } from './trace.js';

export interface AnswerHeaderOptions {
  /** Origins whose pages may read answers, exactly as browsers send them. */
  readonly corsOrigins: readonly string[];
  /** Callers reach us over TLS: what is in front ends it. */
  readonly tlsInFront: boolean;
}

/** An answer is data: nothing in it is executed, embedded, guessed at or kept. */
const DATA = Object.freeze({
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
});

/** The page that shows the API runs its own script, and has styles within. */
const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HSTS = 'max-age=31536000; includeSubDomains';

/** What stands on every answer, whatever it is: who may use it how, and which request it is of. */
export function setAnswerHeaders(fastify: FastifyInstance, options: AnswerHeaderOptions): void {
  const always = options.tlsInFront ? { ...DATA, 'Strict-Transport-Security': HSTS } : DATA;
  const origins: ReadonlySet<string> = new Set(options.corsOrigins);
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.headers(always).header(headers.requestId, request.id);
    if (request.url.startsWith(DOCS)) void reply.header('Content-Security-Policy', DOCS_POLICY);
    const trace = traceOf(request);
    if (trace) void reply.header('traceresponse', traceResponse(trace));
    if (origins.size === 0) return done();
    void reply.header('Vary', 'Origin');
    const { origin } = request.headers;
    if (origin === undefined || !origins.has(origin)) return done();
    allowOrigin(reply, origin);
    if (isPreflight(request)) answerPreflight(reply);
    else done();
  });
}

const EXPOSED = [
  ...['ETag', 'Location', 'Retry-After', 'RateLimit', 'RateLimit-Policy', 'traceresponse'],
  ...[headers.requestId, headers.position, headers.idempotentReplayed],
].join(', ');

const ALLOWED = [
  ...['Authorization', 'Content-Type', 'If-Match', 'traceparent', 'tracestate'],
  ...[headers.idempotencyKey, headers.correlationId, headers.minPosition],
].join(', ');

/** No cookies are ever asked for, so no credentials are allowed: pages send a bearer token by themselves. */
function allowOrigin(reply: FastifyReply, origin: string): void {
  void reply.headers({
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Expose-Headers': EXPOSED,
    'Cross-Origin-Resource-Policy': 'cross-origin',
  });
}

const isPreflight = ({ method, headers: asked }: FastifyRequest): boolean =>
  method === 'OPTIONS' && asked['access-control-request-method'] !== undefined;

/** What is allowed is the same everywhere; whether the request itself is, is decided when it comes. */
function answerPreflight(reply: FastifyReply): void {
  void reply
    .code(204)
    .headers({
      'Access-Control-Allow-Methods': 'GET, POST, PUT, PATCH, DELETE',
      'Access-Control-Allow-Headers': ALLOWED,
      'Access-Control-Max-Age': '600',
    })
    .send();
}
