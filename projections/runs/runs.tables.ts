import { column, table } from '@stemma/read-model';

const { boolean, instant, integer, json, nullable, oneOf, text, uuid } = column;

export interface Blob {
  readonly sha256: string;
  readonly size: number;
}

export interface NamedBlob extends Blob {
  readonly name: string;
}

export type Output =
  | { readonly kind: 'inline'; readonly value: unknown }
  | { readonly kind: 'blob'; readonly sha256: string; readonly size: number };

/** One start of the run: a later one means that this one was lost. */
export interface Attempt {
  readonly attempt: number;
  readonly worker: string;
  readonly imageDigest: string;
  readonly profile: string;
  readonly at: string;
}

/** What each run is now, and all its attempts. Owned by the run's stream. */
export const runRows = table({
  name: 'runs',
  columns: {
    tenantId: uuid,
    runId: uuid,
    scriptId: uuid,
    slug: text,
    versionId: uuid,
    number: integer,
    contentHash: text,
    runtime: oneOf('node', 'python', 'shell'),
    context: oneOf('sandbox', 'production'),
    trigger: text,
    input: json<Blob>(),
    files: json<readonly NamedBlob[]>(),
    limits: json<Readonly<Record<string, number>>>(),
    status: oneOf('pending', 'running', 'completed', 'failed', 'timeout', 'cancelled'),
    reason: nullable(text),
    attempt: integer,
    attempts: json<readonly Attempt[]>(),
    requestedBy: text,
    requestedAt: instant,
    startedAt: nullable(instant),
    cancelRequested: boolean,
    cancelledBy: nullable(text),
    cancelRequestedAt: nullable(instant),
    endedAt: nullable(instant),
    prepareMs: nullable(integer),
    runMs: nullable(integer),
    exitCode: nullable(integer),
    output: nullable(json<Output>()),
    error: nullable(json<{ readonly name: string; readonly message: string }>()),
    artifacts: json<readonly NamedBlob[]>(),
    log: nullable(json<Blob & { readonly lines: number; readonly truncated: boolean }>()),
  },
  key: ['runId'],
  indexes: [
    { on: ['tenantId', 'requestedAt', 'runId'] },
    { on: ['tenantId', 'slug', 'requestedAt', 'runId'] },
    { on: ['status', 'requestedAt'] },
  ],
});
