import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';

/**
 * sha256, hex, of the canonical JSON (RFC 8785) of all of `value`: the order of keys does not matter, every field does
 * (R-A8, HAZARDS T1). Throws for what is not JSON (NaN, a lone surrogate, a cycle).
 */
export const hashJson = (value: unknown): string => hash('sha256', canonicalJson(value));

/** The one text of a JSON value (RFC 8785). Throws for what is not JSON. */
export function canonicalJson(value: unknown): string {
  const canonical = canonicalize(value);
  if (canonical === undefined) throw new TypeError('only JSON has a canonical text');
  return canonical;
}
