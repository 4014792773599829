import { describe, expect, it } from '@jest/globals';
import type { SecretEvent } from '@stemma/domain/events';
import { specifyProjection, type StreamFact } from '@stemma/read-model';
import { secrets } from './secrets.projection.js';
import { secretRows } from './secrets.tables.js';

const tenantId = '7b1f3a52-3d1e-5b0a-9c55-000000000001';
const secretId = '00000000-0000-5000-8000-000000000001';
const name = 'MAIL_PASSWORD';
const minute = (at: number) => `2026-11-21T08:${String(at).padStart(2, '0')}:00.000Z`;

const did = (person: string, at: number, event: SecretEvent): StreamFact => ({
  event,
  meta: { tenantId, actor: { kind: 'user', id: person, via: null }, at: minute(at), release: 'test' },
});

const sealed = { algorithm: 'A256GCM', bytes: 'AAAA' } as const;
const set = (version: number, life = 1): SecretEvent => ({
  type: 'SecretSet',
  data: { secretId, name, version, life, sealed, description: null, sandbox: false },
});
const removed: SecretEvent = { type: 'SecretRemoved', data: { secretId, name, life: 1, reason: null } };

const rowsAfter = (...facts: readonly StreamFact[]) =>
  specifyProjection(secrets)
    .given({ [`secret-${tenantId}.${secretId}`]: facts })
    .rows(secretRows);

describe('the list of secrets', () => {
  it('has the name, the version, who set it when, and nothing of the value', () => {
    const since = { createdAt: minute(1), createdBy: 'ann' };
    expect(rowsAfter(did('ann', 1, set(1)), did('bob', 2, set(2)))).toEqual([
      {
        ...{ tenantId, secretId, name, version: 2, life: 1, description: null, sandbox: false },
        ...since,
        ...{ setAt: minute(2), setBy: 'bob' },
      },
    ]);
  });

  it('says what a secret is for, and whether the sandbox is given it', () => {
    const told: SecretEvent = {
      type: 'SecretDescribed',
      data: { secretId, name, description: 'relay', sandbox: true },
    };
    expect(rowsAfter(did('ann', 1, set(1)), did('ann', 2, told))).toMatchObject([
      { description: 'relay', sandbox: true, setAt: minute(1) },
    ]);
  });

  it('is without those that were removed, until they are set again, as new ones', () => {
    const gone = [did('ann', 1, set(1)), did('ann', 2, removed)];
    expect(rowsAfter(...gone)).toEqual([]);
    expect(rowsAfter(...gone, did('bob', 3, set(2, 2)))).toMatchObject([
      { version: 2, life: 2, createdAt: minute(3), createdBy: 'bob' },
    ]);
  });
});
