import type { Samples } from '@stemma/read-model';
import { findVersion, listLineage, listPrunedContents, listVersions, versions } from './versions.queries.js';

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
    listPrunedContents: {
      ask: (db) => listPrunedContents(db, '2026-03-10T00:00:00.000Z', 100),
      indexes: ['versions_pruned_at_idx'],
      allTenants: true,
    },
  },
};
