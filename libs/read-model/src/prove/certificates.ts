import { createHash, randomUUID } from 'node:crypto';
import { inTransaction, type Sql } from '../database/connect.js';
import type { LogStore } from '../log/ensure-log.js';
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
  const certificate = certificateOf(of, proof, release);
  const eventId = randomUUID();
  const event = { type: 'BuildCertified', data: certificate } as const;
  await recordInLog(source, event, projectorMetadata(release, of.jobId), eventId);
  await inTransaction(sql, 'stemma_writer', () => keepCertificate(sql, eventId, certificate));
}

/** Lists again what only the log has: Postgres was lost, or the process was killed between log and list. */
export async function restoreCertificates(sql: Sql, source: LogStore): Promise<void> {
  await inTransaction(sql, 'stemma_writer', async () => {
    const { rows } = await sql.query('SELECT event_id FROM stemma.certificates WHERE event_id IS NOT NULL');
    const known = new Set(rows.map((row) => String(row['event_id'])));
    for await (const { id, type, data } of source.readStream(OPS_STREAM)) {
      if (type === 'BuildCertified' && !known.has(id)) await keepCertificate(sql, id, data as Certificate);
    }
  });
}

/** What fits into an event of it. */
export function certificateOf(
  { kind, by, startedAt }: CertificateOf,
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
    endedAt: new Date().toISOString(),
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
