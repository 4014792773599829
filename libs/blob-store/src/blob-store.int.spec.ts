import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { openBlobStore } from './index.js';
import type { BlobStore, StoredBlob } from './index.js';

let root: string;
let store: BlobStore;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'stemma-blobs-'));
  store = await openBlobStore(join(root, 'blobs'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
async function listed(): Promise<readonly StoredBlob[]> {
  const blobs: StoredBlob[] = [];
  for await (const blob of store.list()) blobs.push(blob);
  return blobs;
}
const incoming = (): Promise<string[]> => readdir(join(root, 'blobs', 'incoming'));

describe('the blob store in a directory', () => {
  it('gives back what was put, under a key that is relative and made of the hash', async () => {
    const bytes = randomBytes(300_000);
    const blob = await store.put(Readable.from([bytes.subarray(0, 1), bytes.subarray(1)]));
    expect(blob).toEqual({
      key: `${sha256(bytes).slice(0, 2)}/${sha256(bytes)}`,
      sha256: sha256(bytes),
      size: 300_000,
    });
    expect((await buffer(await store.read(blob.key))).equals(bytes)).toBe(true);
    expect(
      await text(await store.read((await store.put(Buffer.from('hello'))).key, { start: 1, end: 3 })),
    ).toBe('ell');
    expect(await incoming()).toEqual([]);
  });

  it('stores the same bytes once, and makes them young again', async () => {
    const { key } = await store.put(Buffer.from('twice'));
    const long = new Date(0);
    await utimes(join(root, 'blobs', key), long, long);
    expect((await store.stat(key))?.storedAt).toBe(0);
    await store.put(Buffer.from('twice'));
    expect((await store.stat(key))?.storedAt).toBeGreaterThan(0);
    expect(await listed()).toHaveLength(1);
  });

  it('keeps nothing of an aborted write or of a source that breaks', async () => {
    const writer = await store.openWriter();
    await writer.write(Buffer.from('half'));
    await writer.abort();
    const breaking = Readable.from(
      (function* () {
        yield Buffer.from('half');
        throw new Error('the network went away');
      })(),
    );
    await expect(store.put(breaking)).rejects.toThrow('the network went away');
    expect(await incoming()).toEqual([]);
    expect(await listed()).toEqual([]);
  });

  it('removes what a killed process left half written, and nothing that is being written', async () => {
    const live = await store.openWriter();
    await live.write(Buffer.from('live'));
    const left = join(root, 'blobs', 'incoming', 'left');
    await writeFile(left, 'half');
    await utimes(left, new Date(0), new Date(0));
    await openBlobStore(join(root, 'blobs'));
    expect(await incoming()).toHaveLength(1);
    expect((await live.close()).size).toBe(4);
  });

  it('ends a read with a fault when the bytes have changed on disk', async () => {
    const { key } = await store.put(Buffer.from('true'));
    await writeFile(join(root, 'blobs', key), 'fake');
    await expect(text(await store.read(key))).rejects.toMatchObject({ code: 'corrupt' });
  });

  it('deletes once and says that a missing blob is missing', async () => {
    const { key } = await store.put(Buffer.from('gone'));
    expect(await store.delete(key)).toBe(true);
    expect(await store.delete(key)).toBe(false);
    expect(await store.stat(key)).toBeNull();
    await expect(store.read(key)).rejects.toMatchObject({ code: 'missing' });
  });

  it.each([
    '../../etc/passwd',
    '/etc/passwd',
    'ab/../ab',
    `ab/${'A'.repeat(64)}`,
    `aa/${'b'.repeat(64)}`,
    '',
  ])('refuses %p, which is no key', async (key) => {
    await expect(store.read(key)).rejects.toMatchObject({ code: 'bad-key' });
    await expect(store.stat(key)).rejects.toMatchObject({ code: 'bad-key' });
    await expect(store.delete(key)).rejects.toMatchObject({ code: 'bad-key' });
  });

  it('R-A11 is private to its user: other people on the machine read neither blobs nor names', async () => {
    const { key } = await store.put(Buffer.from('private'));
    expect((await stat(join(root, 'blobs', key))).mode & 0o077).toBe(0);
    expect((await stat(join(root, 'blobs'))).mode & 0o077).toBe(0);
  });
});
