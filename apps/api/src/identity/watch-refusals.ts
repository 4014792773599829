import type { Logger } from '@stemma/observability';
import type { FastifyInstance } from 'fastify';
import { refusedAs } from '../http/refused-as.js';
import type { Denials } from './denials.js';

/** A tenant that is suspended is nobody's attempt at anything. */
const NO_ATTEMPT: readonly unknown[] = ['tenant-suspended', 'not-found'];

/**
 * Looks at every answer: one without a valid credential is a line of the log (the counter is the metrics'), one that was
 * denied to somebody known is noted for the auditors of his tenant. Nothing goes to the stream it was about.
 */
export function watchRefusals(fastify: FastifyInstance, denials: Denials, logger: Logger): void {
  fastify.addHook('onResponse', (request, { statusCode }, done) => {
    const { caller, method, id: requestId, ip } = request;
    const { url: route = 'unknown' } = request.routeOptions;
    const code = refusedAs(request);
    if (statusCode === 401) logger.info({ requestId, method, route, ip }, 'no valid credential');
    if (statusCode === 403 && caller && code !== undefined && !NO_ATTEMPT.includes(code)) {
      denials.note({ caller, method, route, code });
    }
    done();
  });
}
