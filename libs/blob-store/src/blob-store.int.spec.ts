import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { BlobStore, StoredBlob } from './index.js';
import { openTenantBlobs } from './index.js';
import { startS3, type TestS3 } from './s3.fixtures.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const tenantId = '3f0c0b0e-6a54-4f7e-9a53-0d5b6b3e1c11';
const otherTenantId = '8a1d1c1f-7b65-4c8f-8b64-1e6c7c4f2d22';
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Bytes of buffers that are still reachable. */
function heldBytes(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

let root: string;
let s3: TestS3;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'stemma-blobs-'));
  s3 = await startS3(join(root, 's3'));
});
afterAll(async () => {
  await s3.stop();
  await rm(root, { recursive: true, force: true });
});

async function listed(store: BlobStore): Promise<readonly StoredBlob[]> {
  const blobs: StoredBlob[] = [];
  for await (const blob of store.list()) blobs.push(blob);
  return blobs;
}

/** Both are spoken to as the processes do: through the tenant's door. */
describe.each([
  ['in a directory', () => undefined],
  ['in a bucket of an S3-compatible server', () => `${s3.url('blobs')}`],
])('the blobs of a tenant %s', (place, url) => {
  let store: BlobStore;
  let other: BlobStore;
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(root, 'own-'));
    const blobs = openTenantBlobs({ directory, url: url() });
    [store, other] = await Promise.all([blobs(tenantId), blobs(otherTenantId)]);
    for (const { key } of await listed(store)) await store.delete(key);
  });

  /** What is half written, or was not cleared away, on this machine. */
  async function leftOvers(): Promise<string[]> {
    const parts = await readdir(directory, { recursive: true, withFileTypes: true });
    return parts.filter((part) => part.isFile() && /incoming/.test(part.parentPath)).map(({ name }) => name);
  }

  it('are given back as they were put, under a key that is relative and made of the hash', async () => {
    const bytes = randomBytes(300_000);
    const blob = await store.put(Readable.from([bytes.subarray(0, 1), bytes.subarray(1)]));
    expect(blob).toEqual({
      key: `${sha256(bytes).slice(0, 2)}/${sha256(bytes)}`,
      sha256: sha256(bytes),
      size: 300_000,
    });
    expect((await buffer(await store.read(blob.key))).equals(bytes)).toBe(true);
    expect((await store.bytes(blob.key)).equals(bytes)).toBe(true);
    expect(await store.stat(blob.key)).toMatchObject(blob);
    expect(await leftOvers()).toEqual([]);
  });

  it('are read in part, and may be empty', async () => {
    const { key } = await store.put(Buffer.from('hello'));
    expect(await text(await store.read(key, { start: 1, end: 3 }))).toBe('ell');
    expect(await text(await store.read(key, { start: 3 }))).toBe('lo');
    const empty = await store.put(Buffer.alloc(0));
    expect(empty.size).toBe(0);
    expect(await text(await store.read(empty.key))).toBe('');
  });

  it('are stored once, however often they are put', async () => {
    const [one, two] = [await store.put(Buffer.from('twice')), await store.put(Buffer.from('twice'))];
    expect(two).toEqual(one);
    const now = await listed(store);
    expect(now).toEqual([{ ...one, storedAt: expect.any(Number) }]);
    expect(Math.abs((now[0]?.storedAt ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('keep nothing of an aborted write or of a source that breaks', async () => {
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
    const broken = new Readable({ read: () => undefined });
    const putting = store.put(broken);
    broken.destroy(new Error('before a byte was read'));
    await expect(putting).rejects.toThrow('before a byte was read');
    expect(await leftOvers()).toEqual([]);
    expect(await listed(store)).toEqual([]);
  });

  it('are deleted once, and a missing one is said to be missing', async () => {
    const { key } = await store.put(Buffer.from('gone'));
    expect(await store.delete(key)).toBe(true);
    expect(await store.delete(key)).toBe(false);
    expect(await store.stat(key)).toBeNull();
    await expect(store.read(key)).rejects.toMatchObject({ code: 'missing' });
  });

  it("are not another tenant's: a hash alone opens nothing", async () => {
    const { key } = await store.put(Buffer.from('mine'));
    expect(await other.stat(key)).toBeNull();
    await expect(other.read(key)).rejects.toMatchObject({ code: 'missing' });
    expect(await listed(other)).toEqual([]);
  });

  it.each([
    '../../etc/passwd',
    '/etc/passwd',
    'ab/../ab',
    `ab/${'A'.repeat(64)}`,
    `aa/${'b'.repeat(64)}`,
    '',
  ])('have no key like %p', async (key) => {
    await expect(store.read(key)).rejects.toMatchObject({ code: 'bad-key' });
    await expect(store.stat(key)).rejects.toMatchObject({ code: 'bad-key' });
    await expect(store.delete(key)).rejects.toMatchObject({ code: 'bad-key' });
  });

  it('stream: 100 MB are never in memory at once', async () => {
    const before = heldBytes();
    let most = 0;
    function* megabytes(): Generator<Buffer> {
      for (let n = 0; n < 100; n += 1) {
        if (n % 20 === 0) most = Math.max(most, heldBytes() - before);
        yield Buffer.alloc(1_000_000, place);
      }
    }
    const { key, size } = await store.put(Readable.from(megabytes(), { highWaterMark: 1 }));
    expect(size).toBe(100_000_000);
    let read = 0;
    for await (const chunk of await store.read(key)) {
      const total = read + (chunk as Buffer).length;
      if (Math.floor(total / 20e6) > Math.floor(read / 20e6)) most = Math.max(most, heldBytes() - before);
      read = total;
    }
    expect(read).toBe(size);
    expect(most).toBeLessThan(50_000_000);
  });
});

describe('a bucket', () => {
  it('that is not there, or whose server is away, fails with what the server said', async () => {
    const directory = await mkdtemp(join(root, 'own-'));
    const store = await openTenantBlobs({ directory, url: s3.url('nowhere') })(tenantId);
    await expect(store.put(Buffer.from('x'))).rejects.toThrow(/bucket does not exist/);
  });
});
