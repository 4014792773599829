import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatApiKey, hashSecret, isSecretOf, parseApiKey } from './api-key.js';
import { LOCAL_TENANT_ID, tenantIdOf } from '@stemma/commands';
import { type Bearer, mayDo, requirePermission, rolesWith } from './permissions.js';

const bearer = (more: Partial<Bearer>): Bearer => ({
  tenantId: LOCAL_TENANT_ID,
  roles: ['admin'],
  scopes: null,
  ...more,
});

describe('an API key', () => {
  const part = (letters: string, minLength: number, maxLength: number) =>
    fc.string({ unit: fc.constantFrom(...letters), minLength, maxLength });
  const letters = 'abcXYZ019-';

  it('is read as it was written', () => {
    fc.assert(
      fc.property(part(letters, 1, 64), part(`${letters}_`, 32, 128), (keyId, secret) => {
        expect(parseApiKey(formatApiKey({ keyId, secret }))).toEqual({ keyId, secret });
      }),
    );
  });

  it.each([
    '',
    'stm_',
    'stm_a_b',
    `stm_a ${'x'.repeat(40)}`,
    `stm_a_${'x'.repeat(129)}`,
    `STM_a_${'x'.repeat(40)}`,
  ])('of another form is none: %j', (text) => {
    expect(parseApiKey(text)).toBeUndefined();
  });

  it('A8 is known by its hash alone, and only the whole secret fits', () => {
    const secret = 's'.repeat(43);
    const hash = hashSecret(secret);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(isSecretOf(hash, secret)).toBe(true);
    for (const wrong of ['', secret.slice(1), `${secret}s`, hash])
      expect(isSecretOf(hash, wrong)).toBe(false);
    for (const broken of ['', 'zz', hash.slice(2)]) expect(isSecretOf(broken, secret)).toBe(false);
  });
});

describe('roles', () => {
  it('R-A14 keep writing, reviewing and publishing apart', () => {
    expect(rolesWith('script:write')).toEqual(['author', 'admin']);
    expect(rolesWith('version:review')).toEqual(['reviewer', 'admin']);
    expect(rolesWith('version:publish')).toEqual(['publisher', 'admin']);
    expect(rolesWith('version:roll-back')).toEqual(['publisher', 'admin']);
  });

  it('that are not known grant nothing', () => {
    for (const role of ['root', '', 'constructor', '__proto__', 'toString']) {
      expect(mayDo(bearer({ roles: [role as 'admin'] }), 'self:read')).toBe(false);
    }
    expect(mayDo(bearer({ roles: [] }), 'self:read')).toBe(false);
  });

  it('of another tenant than the first administer no tenants', () => {
    expect(mayDo(bearer({}), 'tenant:administer')).toBe(true);
    expect(mayDo(bearer({ tenantId: tenantIdOf('other') }), 'tenant:administer')).toBe(false);
    expect(mayDo(bearer({ tenantId: tenantIdOf('other') }), 'principal:administer')).toBe(true);
  });
});

describe('the scopes of a key', () => {
  const narrow = bearer({ scopes: ['script:read', 'run:request', 'no:such-thing'] });

  it('narrow what its person may do, and never widen it', () => {
    expect(mayDo(narrow, 'script:read')).toBe(true);
    expect(mayDo(narrow, 'script:write')).toBe(false);
    expect(mayDo({ ...narrow, roles: ['viewer'] }, 'run:request')).toBe(false);
  });

  it('always leave the question who one is', () => expect(mayDo(narrow, 'self:read')).toBe(true));

  it('say what is lacking: the key, or its person', () => {
    const person = { ...narrow, person: 'ann' };
    expect(() => requirePermission(person, 'script:write')).toThrow('this key is narrowed to less');
    const viewer = { ...person, roles: ['viewer'] as const };
    expect(() => requirePermission(viewer, 'script:write')).toThrow('none of the roles author, admin');
  });
});
