import type { SecretKeyWrapped } from '@stemma/domain';
import { createHmac, hkdfSync } from 'node:crypto';
import { KEY_BYTES, type Place, seal, unseal } from './cipher.js';

/** A key that wraps the data keys of secrets; its id stands beside whatever it wrapped. */
export interface MasterKey {
  readonly id: string;
  /** Base64 of 32 bytes. */
  readonly key: string;
}

/** Whose data key it is. */
export interface DataKeyName {
  readonly tenantId: string;
  readonly secretId: string;
  readonly life: number;
}

type Wrapped = SecretKeyWrapped['data'];

/** The master keys of this process: the first one wraps, all of them unwrap. */
export interface Keyring {
  readonly currentId: string;
  wrap(dataKey: Uint8Array, of: DataKeyName): Wrapped;
  /** Throws `MasterKeyMissing`; any other error means that it was changed, or wrapped for another secret. */
  unwrap(wrapped: Wrapped, tenantId: string): Buffer;
  /** A hash that nobody can try values against without the current key. */
  fingerprint(text: string): string;
}

export class MasterKeyMissing extends Error {
  override readonly name = 'MasterKeyMissing';

  constructor(readonly masterKeyId: string) {
    super(`the master key ${masterKeyId} is not among those of this process (STEMMA_SECRET_KEYS)`);
  }
}

const placeOf = ({ tenantId, secretId, life }: DataKeyName, masterKeyId: string): Place => [
  'data-key',
  tenantId,
  secretId,
  life,
  masterKeyId,
];

export function createKeyring(keys: readonly [MasterKey, ...MasterKey[]]): Keyring {
  const bytes = new Map(keys.map(({ id, key }) => [id, Buffer.from(key, 'base64')]));
  const keyOf = (id: string): Buffer => {
    const found = bytes.get(id);
    if (found?.length !== KEY_BYTES) throw new MasterKeyMissing(id);
    return found;
  };
  const currentId = keys[0].id;
  const fingerprintKey = Buffer.from(
    hkdfSync('sha256', keyOf(currentId), '', 'stemma/fingerprint', KEY_BYTES),
  );
  return {
    currentId,
    wrap: (dataKey, of) => ({
      secretId: of.secretId,
      life: of.life,
      masterKeyId: currentId,
      wrapped: seal(keyOf(currentId), dataKey, placeOf(of, currentId)),
    }),
    unwrap: ({ secretId, life, masterKeyId, wrapped }, tenantId) =>
      unseal(keyOf(masterKeyId), wrapped, placeOf({ tenantId, secretId, life }, masterKeyId)),
    fingerprint: (text) => createHmac('sha256', fingerprintKey).update(text).digest('hex'),
  };
}
