import type { FastifyRequest } from 'fastify';
import { randomBytes } from 'node:crypto';

/** Where a request stands in the trace of its caller. */
export interface Trace {
  /** 32 hex digits: the same in all that belongs to one piece of work, whoever does it. */
  readonly traceId: string;
  /** As it came: the span of the caller. */
  readonly traceparent: string;
  /** The two hex digits of the flags. */
  readonly flags: string;
}

/** W3C Trace Context. A later version is read as far as this one goes; `ff`, and ids of zeros, are none. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(?:$|-)/;
const LENGTH = 55;

/** undefined when the request carries none, or one that is malformed: then the trace begins anew elsewhere. */
export function traceOf({ headers }: Pick<FastifyRequest, 'headers'>): Trace | undefined {
  const { traceparent } = headers;
  if (typeof traceparent !== 'string') return undefined;
  const [, traceId, flags] = TRACEPARENT.exec(traceparent) ?? [];
  if (traceId === undefined || flags === undefined) return undefined;
  return { traceId, flags, traceparent: traceparent.slice(0, LENGTH) };
}

/** `traceresponse` of Trace Context, level 2: the caller's trace with a span of ours. */
export const traceResponse = ({ traceId, flags }: Trace): string =>
  `00-${traceId}-${randomBytes(8).toString('hex')}-${flags}`;
