import { inTransaction, type Sql } from '../database/connect.js';
import type { CertificateKind } from '../prove/certificates.js';
import type { RowDifference } from '../prove/differences.js';
import type { TenantDigest } from '../prove/digest.js';

/** What a proof came to, kept for good: of a first build, a rebuild or a verification. */
export interface CertificateReport {
  readonly id: number;
  readonly kind: CertificateKind;
  readonly projection: string;
  readonly version: number;
  /** The build that the certificate is about, and the one it was compared with. */
  readonly build: number;
  readonly against: number | null;
  readonly logId: string;
  readonly position: string;
  /** Considered up to there, since the start of the log. */
  readonly events: number;
  readonly equal: boolean;
  readonly digest: string;
  readonly tables: readonly TenantDigest[];
  /** Streams that were left out. */
  readonly parked: readonly string[];
  readonly differences: readonly RowDifference[];
  readonly startedAt: string;
  readonly endedAt: string;
  readonly by: string;
  readonly release: string;
}

interface Details {
  readonly tables: readonly TenantDigest[];
  readonly parked: readonly string[];
  readonly differences: readonly RowDifference[];
}

/** The newest first; of one projection, or of all. */
export async function listCertificates(
  sql: Sql,
  {
    projection,
    limit = 50,
  }: { readonly projection?: string | undefined; readonly limit?: number | undefined },
): Promise<readonly CertificateReport[]> {
  const { rows } = await inTransaction(sql, 'stemma_writer', () =>
    sql.query(
      `SELECT * FROM stemma.certificates WHERE $1::text IS NULL OR projection = $1 ORDER BY id DESC LIMIT $2`,
      [projection ?? null, limit],
    ),
  );
  return rows.map((row) => ({
    id: Number(row['id']),
    kind: row['kind'] as CertificateKind,
    projection: String(row['projection']),
    version: Number(row['version']),
    build: Number(row['build']),
    against: row['against'] as number | null,
    logId: String(row['log_id']),
    position: String(row['position']),
    events: Number(row['events']),
    equal: row['equal'] === true,
    digest: String(row['digest']),
    ...(row['details'] as Details),
    startedAt: String(row['started_at']),
    endedAt: String(row['ended_at']),
    by: String(row['by']),
    release: String(row['release']),
  }));
}
