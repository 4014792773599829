import type { Samples } from '@stemma/read-model';
import { findScript, listPrunePolicies, listScripts, scripts } from './scripts.queries.js';

export const scriptSamples: Samples = {
  projection: scripts,
  queries: {
    findScript: {
      ask: (db, { tenantId }) => findScript(db, { tenantId, slug: 's-13' }),
      indexes: ['scripts_tenant_id_slug_idx'],
    },
    listScripts: {
      ask: (db, { tenantId }) => listScripts(db, { tenantId }),
      indexes: ['scripts_tenant_id_slug_idx'],
    },
    'listScripts, how many there are': {
      ask: (db, { tenantId }) => listScripts(db, { tenantId, count: true }),
      indexes: [],
    },
    'listScripts by name': {
      ask: (db, { tenantId }) => listScripts(db, { tenantId, sort: 'name' }),
      indexes: ['scripts_tenant_id_name_script_id_idx'],
    },
    'listScripts, changed last': {
      ask: (db, { tenantId }) => listScripts(db, { tenantId, sort: '-changedAt' }),
      indexes: ['scripts_tenant_id_changed_at_script_id_idx'],
    },
    'listScripts, newest': {
      ask: (db, { tenantId }) => listScripts(db, { tenantId, sort: '-createdAt' }),
      indexes: ['scripts_tenant_id_created_at_script_id_idx'],
    },
    'listScripts, the next page': {
      ask: (db, { tenantId, id }) => listScripts(db, { tenantId, cursor: { value: 's-4000', scriptId: id } }),
      indexes: ['scripts_tenant_id_slug_idx'],
    },
    'listScripts by label and word': {
      ask: (db, { tenantId }) => listScripts(db, { tenantId, filters: { labels: ['t-13'], text: 't-13' } }),
      indexes: ['terms_tenant_id_field_term_script_id_idx'],
    },
    'listScripts by status, kind and type': {
      ask: (db, { tenantId }) =>
        listScripts(db, { tenantId, filters: { status: 'draft', kind: 'code', type: 'one_off' } }),
      indexes: [],
    },
    listPrunePolicies: {
      ask: (db) => listPrunePolicies(db, 100),
      indexes: ['scripts_pkey'],
      allTenants: true,
    },
  },
};
