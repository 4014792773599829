import { inTransaction, type Sql } from '../database/connect.js';
import type { Certificate } from '../prove/certificates.js';

/** A certificate, numbered as it was listed first. The log has it for good. */
export interface CertificateReport extends Omit<Certificate, 'against'> {
  readonly id: number;
  readonly against: number | null;
}

type Details = Pick<Certificate, 'tables' | 'parked' | 'differences' | 'leftOut'>;

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
      `SELECT * FROM stemma.certificates WHERE $1::text IS NULL OR projection = $1 ORDER BY ended_at DESC, id DESC LIMIT $2`,
      [projection ?? null, limit],
    ),
  );
  return rows.map((row) => ({
    id: Number(row['id']),
    kind: row['kind'] as Certificate['kind'],
    projection: String(row['projection']),
    version: Number(row['version']),
    build: Number(row['build']),
    against: row['against'] as number | null,
    logId: String(row['log_id']),
    position: String(row['position']),
    events: Number(row['events']),
    equal: row['equal'] === true,
    digest: String(row['digest']),
    ...{ leftOut: 0, ...(row['details'] as Omit<Details, 'leftOut'> & Partial<Details>) },
    startedAt: String(row['started_at']),
    endedAt: String(row['ended_at']),
    by: String(row['by']),
    release: String(row['release']),
  }));
}
