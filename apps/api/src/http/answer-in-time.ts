import { problemKinds } from '@stemma/contracts';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { Refused } from './refused.js';

export interface Patience {
  /** How long a request may go unanswered, in milliseconds. */
  readonly withinMs: number;
  /** How often it is looked who is late, in milliseconds. */
  readonly lookEveryMs: number;
}

const AGAIN = { 'Retry-After': '1' };

interface Pending {
  readonly reply: FastifyReply;
  /** By `performance.now()`. */
  readonly due: number;
  /** Bytes that its connection had carried when that was set. */
  readonly carried: number;
}

/**
 * Answers for handlers that do not, with `refuse`; an answer that stands still half-way is cut. A large file may take as
 * long as it likes, up or down, while its bytes move. One timer for all requests: Fastify's own `handlerTimeout` cuts
 * files that are under way, gives each request a timer, and an abort whose error costs more than the routing.
 */
export function answerInTime(
  fastify: FastifyInstance,
  { withinMs, lookEveryMs }: Patience,
  refuse: (reply: FastifyReply, refused: Refused) => void,
): void {
  const pending = new Map<FastifyReply['request'], Pending>();
  fastify.addHook('onRequest', (request, reply, done) => {
    pending.set(request, { reply, due: performance.now() + withinMs, carried: carriedBy(reply) });
    done();
  });
  fastify.addHook('onResponse', (request, _reply, done) => {
    pending.delete(request);
    done();
  });
  const look = (): void => {
    const now = performance.now();
    for (const [request, { reply, due, carried }] of pending) {
      if (due > now) return;
      pending.delete(request);
      if (reply.sent) continue;
      const moved = carriedBy(reply);
      if (moved !== carried && isUnderWay(reply))
        pending.set(request, { reply, due: now + withinMs, carried: moved });
      else if (reply.raw.headersSent) reply.raw.destroy();
      else refuse(reply, new Refused('timeout', problemKinds.timeout.remedy, { headers: AGAIN }));
    }
  };
  const looking = setInterval(look, lookEveryMs).unref();
  fastify.addHook('onClose', (_fastify, done) => {
    clearInterval(looking);
    done();
  });
}

const isUnderWay = ({ raw, request }: FastifyReply): boolean => raw.headersSent || !request.raw.complete;

const carriedBy = ({ request: { socket } }: FastifyReply): number => socket.bytesRead + socket.bytesWritten;
