import { createLocalJWKSet, type JWTVerifyGetKey } from 'jose';
import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { publicKeysOf } from './jwks.js';

/** The one public key (PEM), or the set of them (JWKS), in a file. Read once: another key is another start. */
export function readKeyFile(file: string): JWTVerifyGetKey {
  const text = readFileSync(file, 'utf8');
  if (text.trimStart().startsWith('{')) return createLocalJWKSet(publicKeysOf(text));
  if (text.includes('PRIVATE KEY')) throw new Error(`${file} holds a private key: put the public one there`);
  const key = createPublicKey(text);
  return () => key;
}
