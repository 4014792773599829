import { Refused } from '../http/refused.js';

/** RFC 9110 §11.6.1 and RFC 6750 §3. */
export const unauthenticated = (detail: string): Refused =>
  new Refused('unauthenticated', detail, { headers: { 'WWW-Authenticate': 'Bearer realm="stemma"' } });
