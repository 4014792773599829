import type { Metrics } from '@stemma/observability';
import type { FastifyRequest } from 'fastify';

/** One answered request; `milliseconds` from its headers to the end of its answer. */
export type CountRequest = (operation: string, status: number, milliseconds: number) => void;

export const operationOf = ({ routeOptions }: FastifyRequest): string =>
  routeOptions.config.operation ?? 'other';

export function countRequests(metrics: Metrics): CountRequest {
  const requests = metrics.counter({
    name: 'stemma_http_requests_total',
    help: 'Requests answered.',
    labels: ['operation', 'status'],
  });
  const seconds = metrics.histogram({
    name: 'stemma_http_request_seconds',
    help: 'From the headers of a request to the end of its answer.',
    labels: ['operation'],
  });
  const unauthenticated = metrics.counter({
    name: 'stemma_http_unauthenticated_total',
    help: 'Requests without a valid credential (401).',
  });
  return (operation, status, milliseconds) => {
    requests.add({ operation, status: String(status) });
    seconds.observe({ operation }, milliseconds / 1_000);
    if (status === 401) unauthenticated.add({});
  };
}
