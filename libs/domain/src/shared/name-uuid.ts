import { hash } from 'node:crypto';

const NAMESPACE_BYTES = 16;
/** Long enough for almost every name; UTF-8 takes at most three bytes for a UTF-16 unit. */
const SCRATCH_BYTES = 2_048;

/**
 * Name-based uuids (RFC 9562, version 5) of one namespace. A command makes several, so each costs one hash and one string:
 * the bytes of the namespace stay where they are, and the name is written behind them.
 */
export function nameUuid(namespace: string): (name: string) => string {
  const prefix = Buffer.from(namespace.replaceAll('-', ''), 'hex');
  const scratch = Buffer.alloc(SCRATCH_BYTES);
  prefix.copy(scratch);
  return (name) => {
    if (NAMESPACE_BYTES + 3 * name.length > SCRATCH_BYTES) {
      return formed(hash('sha1', Buffer.concat([prefix, Buffer.from(name)])));
    }
    const length = NAMESPACE_BYTES + scratch.write(name, NAMESPACE_BYTES);
    return formed(hash('sha1', scratch.subarray(0, length)));
  };
}

const VARIANTS = '89ab';

/** The first 128 bits of a hash in hex, with version and variant set. */
function formed(hex: string): string {
  const variant = VARIANTS.charAt(Number.parseInt(hex.charAt(16), 16) & 3);
  const third = `5${hex.slice(13, 16)}`;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${third}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
