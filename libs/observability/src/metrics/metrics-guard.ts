import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Why somebody may not see the metrics; `detail` is for people. */
export interface MetricsRefusal {
  readonly status: 401 | 403;
  readonly detail: string;
}

/** undefined for those who may see the metrics. */
export type MetricsGuard = (request: IncomingMessage) => MetricsRefusal | undefined;

/** Set by whatever forwards requests: such a one comes from elsewhere although its last hop is this machine. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'] as const;
const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3})$/;
/** A page whose name was pointed at 127.0.0.1 asks with its own name. */
const LOCAL_NAME = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Metrics are for operators: shown to who sends `token` as a bearer token; without a token set, only to this machine
 * itself, directly.
 */
export function guardMetrics(token: string | undefined): MetricsGuard {
  if (token === undefined) {
    return (request) =>
      isLocal(request)
        ? undefined
        : { status: 403, detail: 'Metrics are shown to this machine only. Set STEMMA_METRICS_TOKEN.' };
  }
  const wanted = digest(`Bearer ${token}`);
  return ({ headers }) =>
    timingSafeEqual(wanted, digest(headers.authorization ?? ''))
      ? undefined
      : { status: 401, detail: 'Send the token of STEMMA_METRICS_TOKEN as Authorization: Bearer.' };
}

const isLocal = ({ socket, headers }: IncomingMessage): boolean =>
  LOOPBACK.test(socket.remoteAddress ?? '') &&
  LOCAL_NAME.test(headers.host ?? '') &&
  FORWARDED.every((name) => headers[name] === undefined);

/** The Content-Type of what `Metrics.tell` gives. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
