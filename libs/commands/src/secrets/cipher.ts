import type { Sealed } from '@stemma/domain';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
export const KEY_BYTES = 32;

/** What a sealed thing is, in all that tells it from others: it opens nowhere else (the AAD of NIST SP 800-38D). */
export type Place = readonly [kind: 'value' | 'data-key', ...parts: readonly (string | number)[]];

const aadOf = (place: Place): Buffer => Buffer.from(JSON.stringify(['stemma', ...place]));

/** AES-256-GCM with a random nonce. */
export function seal(key: Uint8Array, plain: Uint8Array, place: Place): Sealed {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(aadOf(place));
  const bytes = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return { algorithm: 'A256GCM', bytes: bytes.toString('base64') };
}

/** Throws when it was sealed with another key or for another place, or was changed since. */
export function unseal(key: Uint8Array, { bytes }: Sealed, place: Place): Buffer {
  const all = Buffer.from(bytes, 'base64');
  if (all.length < NONCE_BYTES + TAG_BYTES) throw new Error('what was sealed is cut short');
  const cipher = createDecipheriv('aes-256-gcm', key, all.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  cipher.setAAD(aadOf(place));
  cipher.setAuthTag(all.subarray(-TAG_BYTES));
  return Buffer.concat([cipher.update(all.subarray(NONCE_BYTES, -TAG_BYTES)), cipher.final()]);
}
