/**
 * Remembers keys in a fixed amount of memory (a Bloom filter): `has` is never wrong about a key that was added, and seldom,
 * more often the more there are, says so of one that was not.
 */
export interface SeenKeys {
  add(key: string): void;
  has(key: string): boolean;
}

/** 2 MB: of a million keys, one in a hundred is mistaken. */
const BITS = 2 ** 24;
const HASHES = 4;

export function seenKeys(bits = BITS): SeenKeys {
  const words = new Uint32Array(bits / 32);
  return {
    add: (key) => {
      const [one, other] = [hash(key, 0x811c9dc5), hash(key, 0x9747b28c) | 1];
      for (let index = 0; index < HASHES; index += 1) {
        const place = ((one + index * other) >>> 0) % bits;
        words[place >>> 5] = (words[place >>> 5] ?? 0) | (1 << (place & 31));
      }
    },
    has: (key) => {
      const [one, other] = [hash(key, 0x811c9dc5), hash(key, 0x9747b28c) | 1];
      for (let index = 0; index < HASHES; index += 1) {
        const place = ((one + index * other) >>> 0) % bits;
        if (((words[place >>> 5] ?? 0) & (1 << (place & 31))) === 0) return false;
      }
      return true;
    },
  };
}

/** FNV-1a with a last mixing (MurmurHash3's), from a seed. */
function hash(key: string, seed: number): number {
  let value = seed;
  for (let at = 0; at < key.length; at += 1) value = Math.imul(value ^ key.charCodeAt(at), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
