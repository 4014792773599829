import { indexBuild } from '../database/builds.js';
import { withClient } from '../database/connect.js';
import type { Filling } from './fill-builds.js';

/** A process that is frozen meanwhile must not hold the build for ever. */
const LEASE_MS = 6_000;

/** Makes the indexes of a build on a connection of its own, while its rows are looked at on another one. */
export const indexing =
  (databaseUrl: string) =>
  ({ build, projection }: Omit<Filling, 'stopAt' | 'client'>): Promise<void> =>
    withClient(databaseUrl, 'stemma-projector index', async (sql) => {
      await sql.query(`SET idle_in_transaction_session_timeout = ${LEASE_MS}`);
      await indexBuild(sql, build, projection);
    });
