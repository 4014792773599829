import { hash, timingSafeEqual } from 'node:crypto';

/** The two parts of `stm_<keyId>_<secret>`. */
export interface PresentedKey {
  readonly keyId: string;
  readonly secret: string;
}

const FORM = /^stm_([A-Za-z0-9-]{1,64})_([A-Za-z0-9_-]{32,128})$/;

export function parseApiKey(text: string): PresentedKey | undefined {
  const [, keyId, secret] = FORM.exec(text) ?? [];
  return keyId === undefined || secret === undefined ? undefined : { keyId, secret };
}

export const formatApiKey = ({ keyId, secret }: PresentedKey): string => `stm_${keyId}_${secret}`;

/** sha256, hex. A secret of 256 random bits needs no slow hash: there is nothing to guess. */
export const hashSecret = (secret: string): string => hash('sha256', secret);

/** In constant time: how long it takes tells nothing about how much was right. */
export function isSecretOf(secretHash: string, secret: string): boolean {
  const presented = hash('sha256', secret, 'buffer');
  const stored = Buffer.from(secretHash, 'hex');
  return stored.length === presented.length && timingSafeEqual(stored, presented);
}
