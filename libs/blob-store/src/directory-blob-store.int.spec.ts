import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { BlobStore } from './index.js';
import { openDirectoryBlobStore } from './index.js';

let root: string;
let store: BlobStore;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'stemma-blobs-'));
  store = await openDirectoryBlobStore(join(root, 'blobs'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const incoming = (): Promise<string[]> => readdir(join(root, 'blobs', 'incoming'));

describe('the blob store in a directory', () => {
  it('makes bytes young again that are stored again', async () => {
    const { key } = await store.put(Buffer.from('twice'));
    const long = new Date(0);
    await utimes(join(root, 'blobs', key), long, long);
    expect((await store.stat(key))?.storedAt).toBe(0);
    await store.put(Buffer.from('twice'));
    expect((await store.stat(key))?.storedAt).toBeGreaterThan(0);
  });

  it('writes bytes anew that were damaged or taken away since', async () => {
    const { key } = await store.put(Buffer.from('precious'));
    await writeFile(join(root, 'blobs', key), 'worthless');
    await store.put(Buffer.from('precious'));
    expect(await text(await store.read(key))).toBe('precious');
    await store.delete(key);
    await store.put(Buffer.from('precious'));
    expect(await text(await store.read(key))).toBe('precious');
  });

  it('are put again and again: they stay young, and are written anew when they are damaged or gone', async () => {
    const bytes = Buffer.from('the same input');
    const { key } = await store.put(bytes);
    const path = join(root, 'blobs', key);
    const putTwice = async () => [await store.put(bytes), await store.put(bytes)];
    await putTwice();
    await utimes(path, new Date(0), new Date(0));
    await putTwice();
    expect((await store.stat(key))?.storedAt).toBeGreaterThan(Date.now() - 60_000);
    await writeFile(path, 'the sane input');
    await putTwice();
    expect(await text(await store.read(key))).toBe('the same input');
    await store.delete(key);
    await putTwice();
    expect(await text(await store.read(key))).toBe('the same input');
  });

  it('removes what a killed process left half written, and nothing that is being written', async () => {
    const live = await store.openWriter();
    await live.write(Buffer.from('live'));
    const left = join(root, 'blobs', 'incoming', 'left');
    await writeFile(left, 'half');
    await utimes(left, new Date(0), new Date(0));
    await openDirectoryBlobStore(join(root, 'blobs'));
    expect(await incoming()).toHaveLength(1);
    expect((await live.close()).size).toBe(4);
  });

  it('ends a read with a fault when the bytes have changed on disk', async () => {
    const { key } = await store.put(Buffer.from('true'));
    await writeFile(join(root, 'blobs', key), 'fake');
    await expect(text(await store.read(key))).rejects.toMatchObject({ code: 'corrupt' });
    await expect(store.bytes(key)).rejects.toMatchObject({ code: 'corrupt' });
  });

  it('R-A11 is private to its user: other people on the machine read neither blobs nor names', async () => {
    const { key } = await store.put(Buffer.from('private'));
    expect((await stat(join(root, 'blobs', key))).mode & 0o077).toBe(0);
    expect((await stat(join(root, 'blobs'))).mode & 0o077).toBe(0);
  });
});
