import type { Samples } from '@stemma/read-model';
import { listReviews, reviews } from './reviews.queries.js';

const reviewer = { person: 'p-3', mayApprove: true, mayPublish: false };

export const reviewSamples: Samples = {
  projection: reviews,
  queries: {
    listReviews: {
      ask: (db, { tenantId }) => listReviews(db, { tenantId }),
      indexes: ['reviews_tenant_id_submitted_at_script_id_idx'],
    },
    'listReviews, how many there are': {
      ask: (db, { tenantId }) => listReviews(db, { tenantId, count: true }),
      indexes: [],
    },
    'listReviews that wait for somebody': {
      ask: (db, { tenantId }) => listReviews(db, { tenantId, filters: { waitingFor: reviewer } }),
      indexes: ['reviews_tenant_id_submitted_at_script_id_idx'],
    },
    'listReviews of a script': {
      ask: (db, { tenantId }) => listReviews(db, { tenantId, filters: { slug: 's-13' } }),
      indexes: ['reviews_tenant_id_slug_idx'],
    },
    'listReviews by author and stage': {
      ask: (db, { tenantId }) => listReviews(db, { tenantId, filters: { author: 'p-3', stage: 'approval' } }),
      indexes: ['reviews_tenant_id_author_submitted_at_script_id_idx'],
    },
    'listReviews, the next page': {
      ask: (db, { tenantId, id }) =>
        listReviews(db, { tenantId, cursor: { submittedAt: '2026-01-20T00:00:00.000Z', scriptId: id } }),
      indexes: ['reviews_tenant_id_submitted_at_script_id_idx'],
    },
  },
};
