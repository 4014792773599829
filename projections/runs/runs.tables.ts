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

/** How an attempt ended that was followed by another one. */
export interface FailedAttempt {
  readonly status: string;
  readonly reason: string;
  readonly error: { readonly name: string; readonly message: string } | null;
  readonly exitCode: number | null;
  readonly log: (Blob & { readonly lines: number; readonly truncated: boolean }) | null;
  readonly runMs: number;
  readonly endedAt: string;
  /** The pause before the next one. */
  readonly retryAfterMs: number;
}

/** Set by the script, by name (R-D5). */
export type Variables = Readonly<Record<string, { readonly type: string; readonly value: unknown }>>;

/** One start of the run: a later one means that this one failed, or else was lost. */
export interface Attempt {
  readonly attempt: number;
  readonly worker: string;
  readonly imageDigest: string;
  readonly profile: string;
  /** Every cap of its container; absent in logs of older releases. */
  readonly limits?: Readonly<Record<string, number>>;
  readonly warm?: boolean;
  readonly at: string;
  readonly failed?: FailedAttempt;
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
    /** Attempts that failed and were to be followed by another one. */
    failures: integer,
    /** During the pause before the next attempt: since when, and how long. */
    failedAt: nullable(instant),
    retryAfterMs: nullable(integer),
    retries: nullable(json<{ readonly max: number; readonly backoffSeconds: number }>()),
    subject: nullable(json<{ readonly schema: string; readonly model: string; readonly id: string }>()),
    connector: nullable(json<{ readonly type: string; readonly key: string }>()),
    variables: json<Variables>(),
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
