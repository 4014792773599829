import { createHash } from 'node:crypto';
import type { Sql } from '../database/connect.js';
import type { Proof } from './prove-builds.js';

export type CertificateKind = 'rebuild' | 'verify' | 'first-build';

/** Who had what proven when. */
export interface CertificateOf {
  readonly kind: CertificateKind;
  readonly by: string;
  readonly release: string;
  readonly startedAt: Date;
}

/** One digest over all tables and tenants. */
export function wholeDigest(proof: Proof): string {
  const lines = proof.candidate.tables.map(({ table, tenantId, rows, digest }) =>
    [table, tenantId, rows, digest].join(' '),
  );
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

/** Keeps what came of a proof. Run under the writer's role. */
export async function saveCertificate(
  sql: Sql,
  { kind, by, release, startedAt }: CertificateOf,
  proof: Proof,
): Promise<void> {
  const { reference, candidate } = proof.claim;
  const { projection, version, build } = kind === 'rebuild' ? candidate.build : reference;
  const { build: against } = kind === 'rebuild' ? reference : candidate.build;
  const { logId, events } = proof.reference.checkpoint;
  const { parked, differences } = proof;
  await sql.query(
    `INSERT INTO stemma.certificates (kind, projection, version, build, against, log_id, position, events, equal, digest,
       details, started_at, by, release)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      kind,
      projection,
      version,
      build,
      against,
      logId,
      proof.position ?? -1n,
      events,
      proof.equal,
      wholeDigest(proof),
      JSON.stringify({ tables: proof.candidate.tables, parked, differences }),
      startedAt,
      by,
      release,
    ],
  );
}
