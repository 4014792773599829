import type { Samples } from '@stemma/read-model';
import { findSecret, listDataKeys, listSecrets, secrets } from './secrets.queries.js';

const byName = 'secrets_tenant_id_name_idx';

export const secretSamples: Samples = {
  projection: secrets,
  queries: {
    listSecrets: { ask: (db, { tenantId }) => listSecrets(db, { tenantId }), indexes: [byName] },
    'listSecrets, the next page': {
      ask: (db, { tenantId }) => listSecrets(db, { tenantId, after: 'name-5' }),
      indexes: [byName],
    },
    findSecret: {
      ask: (db, { tenantId }) => findSecret(db, { tenantId, name: 'name-5' }),
      indexes: [byName],
    },
    listDataKeys: { ask: (db) => listDataKeys(db), indexes: [], allTenants: true },
  },
};
