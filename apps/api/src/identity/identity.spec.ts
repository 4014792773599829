import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatApiKey, hashSecret, isSecretOf, parseApiKey } from './api-key.js';
import { mayDo, rolesWith } from './permissions.js';

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
      expect(mayDo([role as 'admin'], 'self:read')).toBe(false);
    }
    expect(mayDo([], 'self:read')).toBe(false);
  });
});
