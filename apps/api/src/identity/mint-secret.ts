import { randomBytes } from 'node:crypto';
import { hashSecret } from './api-key.js';

/** A new secret of 256 random bits, and the hash that is all the log ever knows of it (HAZARDS A8). */
export function mintSecret(): { readonly secret: string; readonly secretHash: string } {
  const secret = randomBytes(32).toString('base64url');
  return { secret, secretHash: hashSecret(secret) };
}
