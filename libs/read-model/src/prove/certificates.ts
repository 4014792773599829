import { createHash, randomUUID } from 'node:crypto';
import { inTransaction, type Sql } from '../database/connect.js';
import type { LogStore } from '../log/ensure-log.js';
import type { RecordedEvent } from '../log/event-source.js';
import type { BuildCertified } from '../log/ops-events.js';
import { OPS_STREAM, projectorMetadata, recordInLog } from '../log/ops-log.js';
import type { Proof } from './prove-builds.js';

/** What a certificate says. */
export type Certificate = BuildCertified['data'];

/** Who had what proven when. */
export interface CertificateOf {
  readonly kind: Certificate['kind'];
  readonly by: string;
  readonly startedAt: Date;
  /** Absent for what a projector proves by itself. */
  readonly jobId?: string;
}

interface EndedCertificate extends CertificateOf {
  readonly endedAt: Date;
}

export interface CertifyWith {
  readonly sql: Sql;
  readonly source: LogStore;
  readonly release: string;
}

/** One digest over all tables and tenants. */
export function wholeDigest(proof: Proof): string {
  const lines = proof.candidate.tables.map(({ table, tenantId, rows, digest }) =>
    [table, tenantId, rows, digest].join(' '),
  );
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

/** Keeps what came of a proof: in the log, and from there in Postgres, where it is listed. */
export async function certify(
  { sql, source, release }: CertifyWith,
  of: CertificateOf,
  proof: Proof,
): Promise<void> {
  const certificate = certificateOf({ ...of, ...(await timesOf(sql, of.startedAt)) }, proof, release);
  const eventId = randomUUID();
  const event = { type: 'BuildCertified', data: certificate } as const;
  await recordInLog(source, event, projectorMetadata(release, of.jobId), eventId);
  await inTransaction(sql, 'stemma_writer', () => keepCertificate(sql, eventId, certificate));
}

/** By the clock of Postgres, which says too when a build was made: no proof is older than its build for a clock that is off. */
async function timesOf(sql: Sql, startedAt: Date): Promise<Pick<EndedCertificate, 'startedAt' | 'endedAt'>> {
  const tookMs = Date.now() - startedAt.getTime();
  const { rows } = await sql.query('SELECT clock_timestamp() AS now');
  const endedAt = new Date(String(rows[0]?.['now']));
  return { startedAt: new Date(endedAt.getTime() - tookMs), endedAt };
}

/**
 * Lists again what only the log has: Postgres was lost, or the process was killed between log and list. Holds no
 * transaction while it reads; ends early when the signal aborts.
 */
export async function restoreCertificates(sql: Sql, source: LogStore, signal: AbortSignal): Promise<void> {
  const known = await listedEvents(sql);
  const missing: RecordedEvent[] = [];
  for await (const event of source.readStream(OPS_STREAM)) {
    if (signal.aborted) return;
    if (event.type !== 'BuildCertified' || known.has(event.id)) continue;
    missing.push(event);
    if (missing.length === BATCH) await keepCertificates(sql, missing.splice(0));
  }
  await keepCertificates(sql, missing);
}

/** So many certificates are in memory at most, of some 750 KB each. */
const BATCH = 10;

async function listedEvents(sql: Sql): Promise<ReadonlySet<string>> {
  const { rows } = await inTransaction(sql, 'stemma_writer', () =>
    sql.query('SELECT event_id FROM stemma.certificates WHERE event_id IS NOT NULL'),
  );
  return new Set(rows.map((row) => String(row['event_id'])));
}

const keepCertificates = (sql: Sql, events: readonly RecordedEvent[]): Promise<void> =>
  inTransaction(sql, 'stemma_writer', async () => {
    for (const { id, data } of events) await keepCertificate(sql, id, data as Certificate);
  });

/** What fits into an event of it. */
export function certificateOf(
  { kind, by, startedAt, endedAt }: EndedCertificate,
  proof: Proof,
  release: string,
): Certificate {
  const { reference, candidate } = proof.claim;
  const { projection, version, build } = kind === 'rebuild' ? candidate.build : reference;
  const { build: against } = kind === 'rebuild' ? reference : candidate.build;
  const { logId, events } = proof.reference.checkpoint;
  const lists = [proof.candidate.tables, proof.parked, proof.differences] as const;
  const [tables, parked, differences] = [fitting(lists[0]), fitting(lists[1]), fitting(lists[2])];
  return {
    ...{ kind, projection, version, build, against, logId },
    position: String(proof.position ?? -1n),
    events: Number(events),
    equal: proof.equal,
    digest: wholeDigest(proof),
    ...{ tables, parked, differences },
    leftOut: lists.flat().length - tables.length - parked.length - differences.length,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt.toISOString(),
    ...{ by, release },
  };
}

/** An event takes a megabyte at most (HAZARDS H10): three lists of so much, each cut where it is full. */
const MOST_BYTES = 250_000;

function fitting<T>(items: readonly T[]): readonly T[] {
  let bytes = 0;
  const full = items.findIndex((item) => (bytes += Buffer.byteLength(JSON.stringify(item)) + 1) > MOST_BYTES);
  return full < 0 ? items : items.slice(0, full);
}

async function keepCertificate(sql: Sql, eventId: string, certificate: Certificate): Promise<void> {
  const { tables, parked, differences, leftOut, ...facts } = certificate;
  await sql.query(
    `INSERT INTO stemma.certificates (kind, projection, version, build, against, log_id, position, events, equal, digest,
       details, started_at, ended_at, by, release, event_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
     ON CONFLICT (event_id) DO NOTHING`,
    [
      facts.kind,
      facts.projection,
      facts.version,
      facts.build,
      facts.against,
      facts.logId,
      facts.position,
      facts.events,
      facts.equal,
      facts.digest,
      JSON.stringify({ tables, parked, differences, leftOut }),
      facts.startedAt,
      facts.endedAt,
      facts.by,
      facts.release,
      eventId,
    ],
  );
}
