import type { Samples } from '@stemma/read-model';
import { authoring, listActivations, listAuthoring } from './authoring.queries.js';

export const authoringSamples: Samples = {
  projection: authoring,
  queries: {
    listAuthoring: {
      ask: (db, { tenantId }) => listAuthoring(db, { tenantId }),
      indexes: ['authoring_tenant_id_at_position_revision_idx'],
    },
    'listAuthoring of a script': {
      ask: (db, { tenantId }) => listAuthoring(db, { tenantId, filters: { slug: 's-13' } }),
      indexes: ['authoring_tenant_id_slug_at_position_revision_idx'],
    },
    'listAuthoring by person': {
      ask: (db, { tenantId }) => listAuthoring(db, { tenantId, filters: { by: 'p-3' } }),
      indexes: ['authoring_tenant_id_by_at_position_revision_idx'],
    },
    'listAuthoring by action and time': {
      ask: (db, { tenantId }) =>
        listAuthoring(db, {
          tenantId,
          filters: { actions: ['publish'], from: '2026-01-10T00:00:00.000Z', to: '2026-02-01T00:00:00.000Z' },
        }),
      indexes: ['authoring_tenant_id_action_at_position_revision_idx'],
    },
    'listAuthoring, the next page': {
      ask: (db, { tenantId }) =>
        listAuthoring(db, {
          tenantId,
          cursor: { at: '2026-01-20T00:00:00.000Z', position: '5000', revision: '7' },
        }),
      indexes: ['authoring_tenant_id_at_position_revision_idx'],
    },
    listActivations: {
      ask: (db, { tenantId }) => listActivations(db, { tenantId, slug: 's-13' }),
      indexes: ['activations_tenant_id_slug_number_idx'],
    },
  },
};
