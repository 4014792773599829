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
      ask: (db) => listPrunedContents(db, { since: '2026-03-10T00:00:00.000Z', limit: 100 }),
      indexes: ['versions_pruned_at_idx'],
      allTenants: true,
    },
    'listPrunedContents, the next page': {
      ask: (db) => {
        const since = '2026-03-10T00:00:00.000Z';
        const id = '00000000-0000-0000-0000-000000000000';
        const after = { tenantId: id, scriptId: id, contentHash: '', number: 3, prunedAt: since };
        return listPrunedContents(db, { since, after, limit: 100 });
      },
      indexes: ['versions_pruned_at_idx'],
      allTenants: true,
    },
  },
};
