import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { type Place, seal, unseal } from './cipher.js';
import { createKeyring, MasterKeyMissing } from './keyring.js';

const key = randomBytes(32);
const here: Place = ['value', 'a-tenant', 'NAME', 3];
const keyOf = (id: string) => ({ id, key: randomBytes(32).toString('base64') });

describe('what is sealed', () => {
  it('opens with its key, at its place', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (plain) => {
        const sealed = seal(key, plain, here);
        expect(unseal(key, sealed, here).equals(plain)).toBe(true);
        expect(seal(key, plain, here).bytes).not.toBe(sealed.bytes);
      }),
    );
  });

  it('opens neither for another tenant, name or version, nor with another key', () => {
    const sealed = seal(key, Buffer.from('hunter2'), here);
    const elsewhere: readonly Place[] = [
      ['value', 'b-tenant', 'NAME', 3],
      ['value', 'a-tenant', 'OTHER', 3],
      ['value', 'a-tenant', 'NAME', 4],
      ['data-key', 'a-tenant', 'NAME', 3],
    ];
    for (const place of elsewhere) expect(() => unseal(key, sealed, place)).toThrow();
    expect(() => unseal(randomBytes(32), sealed, here)).toThrow();
  });

  it('opens no more once a bit of it was changed, or its end was cut off', () => {
    const sealed = seal(key, Buffer.from('hunter2'), here);
    const bytes = Buffer.from(sealed.bytes, 'base64');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(() => unseal(key, { ...sealed, bytes: changed.toString('base64') }, here)).toThrow();
    }
    for (const length of [0, 12, 27, bytes.length - 1]) {
      const cut = bytes.subarray(0, length).toString('base64');
      expect(() => unseal(key, { ...sealed, bytes: cut }, here)).toThrow();
    }
  });
});

describe('the keyring', () => {
  const [old, young] = [keyOf('old'), keyOf('young')];
  const of = { tenantId: 'a-tenant', secretId: 's', life: 1 };
  const dataKey = randomBytes(32);

  it('wraps with its first key and unwraps with each', () => {
    const wrapped = createKeyring([old]).wrap(dataKey, of);
    expect(wrapped.masterKeyId).toBe('old');
    const both = createKeyring([young, old]);
    expect(both.unwrap(wrapped, of.tenantId).equals(dataKey)).toBe(true);
    expect(both.wrap(dataKey, of).masterKeyId).toBe('young');
  });

  it('says which key it lacks, and unwraps nothing for another tenant or secret', () => {
    const keyring = createKeyring([old]);
    const wrapped = keyring.wrap(dataKey, of);
    expect(() => createKeyring([young]).unwrap(wrapped, of.tenantId)).toThrow(new MasterKeyMissing('old'));
    expect(() => keyring.unwrap(wrapped, 'b-tenant')).toThrow();
    expect(() => keyring.unwrap({ ...wrapped, secretId: 't' }, of.tenantId)).toThrow();
    expect(() => keyring.unwrap({ ...wrapped, life: 2 }, of.tenantId)).toThrow();
  });

  it('makes the same fingerprint of the same text, and another one with another key', () => {
    expect(createKeyring([old]).fingerprint('x')).toBe(createKeyring([old, young]).fingerprint('x'));
    expect(createKeyring([young]).fingerprint('x')).not.toBe(createKeyring([old]).fingerprint('x'));
  });
});
