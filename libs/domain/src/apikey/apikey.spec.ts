import { describe, expect, it } from '@jest/globals';
import { fold, specify } from '@stemma/decider';
import { type ApiKeyCommand, apiKeyDecider } from './apikey.decider.js';
import { create, created, keyData, revoke, revoked } from './apikey.fixtures.js';
import { createApiKeySchema } from './create-api-key.js';

const { given } = specify(apiKeyDecider);

describe('creating a key', () => {
  it('stores the hash of its secret', () =>
    given()
      .when(create)
      .then([{ type: 'ApiKeyCreated', data: keyData }]));
  it('is refused under an id that was used, revoked or not', () => {
    given(created).when(create).thenRejected('key-exists');
    given(created, revoked).when(create).thenRejected('key-exists');
  });
  it('that would never work is refused', () =>
    given()
      .when({ ...create, data: { ...keyData, expiresAt: create.meta.at } } as ApiKeyCommand)
      .thenRejected('key-expired'));
  it('of the first release is not narrowed', () => {
    const { scopes: _scopes, label: _label, ...data } = keyData;
    const old = { event: { type: 'ApiKeyCreated' as const, data }, meta: create.meta };
    expect(fold(apiKeyDecider, [old])).toMatchObject({ scopes: null, label: null });
  });
  it('names permissions, each once', () => {
    const accepts = (scopes: unknown) => createApiKeySchema.safeParse({ ...keyData, scopes }).success;
    expect([null, ['script:read'], ['script:read', 'version:roll-back']].map(accepts)).toEqual([
      true,
      true,
      true,
    ]);
    expect([[], ['script:read', 'script:read'], ['*'], ['read'], 'script:read'].some(accepts)).toBe(false);
  });
  it('A8 has no field for a secret, and takes nothing but a hash', () => {
    expect(createApiKeySchema.safeParse({ ...keyData, secret: 'x' }).success).toBe(false);
    expect(createApiKeySchema.safeParse({ ...keyData, secretHash: 'hunter2' }).success).toBe(false);
  });
});

describe('revoking a key', () => {
  it('is for ever, and once is enough', () => {
    given(created)
      .when(revoke)
      .then([{ type: 'ApiKeyRevoked', data: { keyId: 'k1', reason: 'lost' } }]);
    given(created, revoked).when(revoke).thenNothing();
  });
  it('of a key that never was is refused', () => given().when(revoke).thenRejected('key-not-found'));
  it('leaves everything else about the key as it was', () =>
    expect(fold(apiKeyDecider, [created, revoked])).toEqual({ exists: true, ...keyData, revoked: true }));
});
