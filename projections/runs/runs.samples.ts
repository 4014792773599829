import type { Samples } from '@stemma/read-model';
import {
  findBlobUses,
  findRun,
  listRuns,
  listTenantsWithRuns,
  listUnfinishedRuns,
  runs,
} from './runs.queries.js';

export const runSamples: Samples = {
  projection: runs,
  queries: {
    findRun: { ask: (db, { tenantId, id }) => findRun(db, { tenantId, runId: id }), indexes: ['runs_pkey'] },
    listRuns: {
      ask: (db, { tenantId }) => listRuns(db, { tenantId }),
      indexes: ['runs_tenant_id_requested_at_run_id_idx'],
    },
    'listRuns of a script': {
      ask: (db, { tenantId }) => listRuns(db, { tenantId, filters: { slug: 's-13' } }),
      indexes: ['runs_tenant_id_slug_requested_at_run_id_idx'],
    },
    'listRuns by status, context and person': {
      ask: (db, { tenantId }) =>
        listRuns(db, { tenantId, filters: { status: 'failed', context: 'production', requestedBy: 'p-3' } }),
      indexes: ['runs_status_requested_at_idx'],
    },
    'listRuns, the next page': {
      ask: (db, { tenantId, id }) =>
        listRuns(db, { tenantId, cursor: { requestedAt: '2026-01-20T00:00:00.000Z', runId: id } }),
      indexes: ['runs_tenant_id_requested_at_run_id_idx'],
    },
    'findBlobUses, a page of all runs': {
      ask: (db, { tenantId }) => findBlobUses(db, { tenantId, sha256s: ['0'.repeat(64)] }),
      indexes: ['runs_tenant_id_requested_at_run_id_idx'],
    },
    'listTenantsWithRuns, a tenant': {
      ask: (db) => listTenantsWithRuns(db),
      indexes: ['runs_tenant_id_requested_at_run_id_idx'],
      allTenants: true,
    },
    listUnfinishedRuns: {
      ask: (db) => listUnfinishedRuns(db, { limit: 100 }),
      indexes: ['runs_status_requested_at_idx'],
      allTenants: true,
    },
    'listUnfinishedRuns, the next page': {
      ask: (db, { id }) =>
        listUnfinishedRuns(db, {
          after: { requestedAt: '2026-01-20T00:00:00.000Z', runId: id },
          limit: 100,
        }),
      indexes: ['runs_status_requested_at_idx'],
      allTenants: true,
    },
  },
};
