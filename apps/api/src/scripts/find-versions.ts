import { findScript } from '@stemma/projections/scripts';
import { findVersion, type VersionRow } from '@stemma/projections/versions';
import type { ReadDb } from '@stemma/read-model';
import { scriptNotFound, versionNotFound } from './not-found.js';

export interface VersionKey {
  readonly tenantId: string;
  readonly slug: string;
  readonly number: number;
}

/** The version, or the refusal that says whether the script or the version is missing. Reads `versions` and `scripts`. */
export async function requireVersion(db: ReadDb, key: VersionKey): Promise<VersionRow> {
  const version = await findVersion(db, key);
  if (version) return version;
  throw (await findScript(db, key)) ? versionNotFound(key.number) : scriptNotFound();
}
