import type { Fact } from '@stemma/decider';
import { LOCAL_TENANT_ID } from '../shared/ids.js';
import type { Meta } from '../shared/metadata.js';
import type { ApiKeyCommand } from './apikey.decider.js';
import type { ApiKeyEvent } from './apikey.events.js';

const meta: Meta = {
  tenantId: LOCAL_TENANT_ID,
  actor: { kind: 'user', id: 'admin', via: 'key-of-admin' },
  at: '2026-11-21T08:00:00.000Z',
};

export const keyData = {
  keyId: 'k1',
  subject: 'author',
  secretHash: 'a'.repeat(64),
  expiresAt: '2027-01-01T00:00:00.000Z',
  scopes: null,
  label: null,
};

export const create: ApiKeyCommand = { type: 'CreateApiKey', data: keyData, meta };
export const revoke: ApiKeyCommand = { type: 'RevokeApiKey', data: { reason: 'lost' }, meta };

export const created: Fact<ApiKeyEvent, Meta> = { event: { type: 'ApiKeyCreated', data: keyData }, meta };
export const revoked: Fact<ApiKeyEvent, Meta> = {
  event: { type: 'ApiKeyRevoked', data: { keyId: 'k1', reason: 'lost' } },
  meta,
};
