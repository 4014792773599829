import type { Samples } from '@stemma/read-model';
import { findVersion, listLineage, listVersions, versions } from './versions.queries.js';

const slug = 's-13';

export const versionSamples: Samples = {
  projection: versions,
  queries: {
    findVersion: {
      ask: (db, { tenantId }) => findVersion(db, { tenantId, slug, number: 3 }),
      indexes: ['slugs_tenant_id_slug_idx', 'versions_tenant_id_script_id_number_idx'],
    },
    listVersions: {
      ask: (db, { tenantId }) => listVersions(db, { tenantId, slug }),
      indexes: ['slugs_tenant_id_slug_idx', 'versions_tenant_id_script_id_number_idx'],
    },
    'listVersions, the next page': {
      ask: (db, { tenantId }) => listVersions(db, { tenantId, slug, below: 20 }),
      indexes: ['slugs_tenant_id_slug_idx', 'versions_tenant_id_script_id_number_idx'],
    },
    listLineage: {
      ask: (db, { tenantId }) => listLineage(db, { tenantId, slug, limit: 500 }),
      indexes: ['slugs_tenant_id_slug_idx', 'versions_tenant_id_script_id_number_idx'],
    },
  },
};
