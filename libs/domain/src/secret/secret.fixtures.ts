import type { Fact } from '@stemma/decider';
import { LOCAL_TENANT_ID, secretIdOf } from '../shared/ids.js';
import type { Meta } from '../shared/metadata.js';
import type { SecretCommand } from './secret.decider.js';
import type { Sealed, SecretEvent } from './secret.events.js';

const meta: Meta = {
  tenantId: LOCAL_TENANT_ID,
  actor: { kind: 'user', id: 'admin', via: 'key-of-admin' },
  at: '2026-11-21T08:00:00.000Z',
};

const name = 'MAIL_PASSWORD';
const ofSecret = { secretId: secretIdOf(LOCAL_TENANT_ID, name), name };
const sealed: Sealed = { algorithm: 'A256GCM', bytes: 'AAAA' };
const fact = (event: SecretEvent): Fact<SecretEvent, Meta> => ({ event, meta });

export const set = (version: number, life: number, more: object = {}): SecretCommand => ({
  type: 'SetSecret',
  data: { name, version, life, sealed, ...more },
  meta,
});
export const describeAs = (data: object): SecretCommand => ({ type: 'DescribeSecret', data, meta });
export const remove: SecretCommand = { type: 'RemoveSecret', data: { reason: 'leaked' }, meta };

export const wasSet = (version: number, life: number, description: string | null = null, sandbox = false) =>
  fact({ type: 'SecretSet', data: { ...ofSecret, version, life, sealed, description, sandbox } });
export const wasDescribed = (description: string | null, sandbox: boolean) =>
  fact({ type: 'SecretDescribed', data: { ...ofSecret, description, sandbox } });
export const wasRemoved = (life: number) =>
  fact({ type: 'SecretRemoved', data: { ...ofSecret, life, reason: 'leaked' } });
