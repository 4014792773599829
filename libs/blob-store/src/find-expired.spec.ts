import { describe, expect, it } from '@jest/globals';
import type { StoredBlob } from './blob-store.js';
import { type BlobUses, findExpired } from './find-expired.js';

const now = 1_000_000;
const retention = { keepMs: 500_000, unusedMs: 100_000 };

const blob = (name: string, ageMs: number): StoredBlob => ({
  key: name,
  sha256: name,
  size: 1,
  storedAt: now - ageMs,
});

async function expiredOf(blobs: readonly StoredBlob[], uses: BlobUses): Promise<readonly string[]> {
  const found: string[] = [];
  const store = {
    list: async function* () {
      yield* await Promise.resolve(blobs);
    },
  };
  const usesOf = (asked: readonly string[]): Promise<BlobUses> =>
    Promise.resolve(new Map([...uses].filter(([sha256]) => asked.includes(sha256))));
  for await (const { sha256, why } of findExpired(store, retention, usesOf, now))
    found.push(`${sha256} ${why}`);
  return found;
}

describe('the retention of blobs', () => {
  const old = 500_000;
  const aDay = 100_000;

  it('gives up what ended runs name when it is old, and keeps it until then', async () => {
    const uses = new Map([['a', 'named'] as const, ['b', 'named'] as const]);
    expect(await expiredOf([blob('a', old), blob('b', old - 1)], uses)).toEqual(['a expired']);
  });

  it('gives up what no run names much sooner, but not while a request may be on its way', async () => {
    expect(await expiredOf([blob('a', aDay), blob('b', aDay - 1)], new Map())).toEqual(['a unused']);
  });

  it('never gives up what a run that has not ended will read', async () => {
    expect(await expiredOf([blob('a', old * 10)], new Map([['a', 'needed']]))).toEqual([]);
  });

  it('judges all, however many there are', async () => {
    const many = Array.from({ length: 12_001 }, (_, n) => blob(`b${n}`, old));
    expect(await expiredOf(many, new Map([['b7', 'needed']]))).toHaveLength(12_000);
  });
});
