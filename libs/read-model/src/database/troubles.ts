import { inTransaction, type Sql } from './connect.js';

/** Why a build, or with build 0 a whole version, stands still until somebody acts. */
export interface Trouble {
  readonly projection: string;
  readonly version: number;
  readonly build: number;
  readonly reason: string;
}

/** Says, for operators, which builds this process was stopped at, and takes back what is over for those it keeps moving. */
export async function noteTroubles(
  sql: Sql,
  release: string,
  {
    stopped,
    moving,
  }: { readonly stopped: readonly Trouble[]; readonly moving: readonly Omit<Trouble, 'reason'>[] },
): Promise<void> {
  await inTransaction(sql, 'stemma_writer', async () => {
    for (const { projection, version, build } of moving) {
      await sql.query(
        'DELETE FROM stemma.troubles WHERE projection = $1 AND version = $2 AND build IN (0, $3)',
        [projection, version, build],
      );
    }
    for (const { projection, version, build, reason } of stopped) {
      await sql.query(
        `INSERT INTO stemma.troubles AS t (projection, version, build, reason, release) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (projection, version, build) DO UPDATE SET reason = $4, release = $5, since = now() WHERE t.reason <> $4`,
        [projection, version, build, reason, release],
      );
    }
  });
}
