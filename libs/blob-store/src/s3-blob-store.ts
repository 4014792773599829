import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { sha256Of } from './blob-key.js';
import { missingBlob } from './blob-store.js';
import type { Blob, BlobStore, BlobWriter, ByteRange, StoredBlob } from './blob-store.js';
import { checkedAgainst } from './checked-read.js';
import { openFileWriter } from './file-writer.js';
import { openIncoming } from './incoming.js';
import { putBlob } from './put-blob.js';
import type { S3Place } from './s3-place.js';

/** The bucket as seen by one store: its keys begin with `prefix`. */
interface Shelf {
  readonly client: S3Client;
  readonly bucket: string;
  readonly prefix: string;
}

const mebibyte = 1024 * 1024;

const isMissing = (error: unknown): boolean =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 404;

/** A client for a place. A server that is not Amazon's gets no checksums that only Amazon's knows. */
export function connectS3({ region, endpoint }: Pick<S3Place, 'region' | 'endpoint'>): S3Client {
  return new S3Client({
    region,
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}

/**
 * A blob store in an S3-compatible bucket, which must be there. A blob is written to `incoming` on this machine first:
 * its name is known only when it is whole, and memory stays flat.
 * Layout: `<prefix>ab/<sha256>`. Needs the rights to get, put, delete and list objects.
 */
export async function openS3BlobStore(
  client: S3Client,
  { bucket, prefix }: Pick<S3Place, 'bucket' | 'prefix'>,
  incomingDirectory: string,
): Promise<BlobStore> {
  const shelf: Shelf = { client, bucket, prefix };
  const incoming = await openIncoming(incomingDirectory);
  const openWriter = (): Promise<BlobWriter> =>
    openFileWriter(incoming, (path, blob) => upload(shelf, path, blob));
  return Object.freeze({
    openWriter,
    put: (bytes: Uint8Array | Readable) => putBlob(openWriter, bytes),
    read: (key: string, range?: ByteRange) => read(shelf, key, range),
    bytes: async (key: string) => buffer(await read(shelf, key)),
    stat: (key: string) => statBlob(shelf, key),
    delete: (key: string) => deleteBlob(shelf, key),
    list: () => listBlobs(shelf),
  });
}

function objectOf({ bucket, prefix }: Shelf, key: string): { Bucket: string; Key: string } {
  sha256Of(key);
  return { Bucket: bucket, Key: prefix + key };
}

/** In parts, each of which the client sends again when the network drops it; two are in memory at a time. */
async function upload(shelf: Shelf, path: string, { key }: Blob): Promise<void> {
  const Body = createReadStream(path);
  try {
    await new Upload({
      client: shelf.client,
      params: { ...objectOf(shelf, key), Body, ContentType: 'application/octet-stream' },
      partSize: 8 * mebibyte,
      queueSize: 2,
    }).done();
  } finally {
    Body.destroy();
  }
}

async function read(shelf: Shelf, key: string, range?: ByteRange): Promise<Readable> {
  const Range = range && { Range: `bytes=${range.start}-${range.end ?? ''}` };
  try {
    const { Body } = await shelf.client.send(new GetObjectCommand({ ...objectOf(shelf, key), ...Range }));
    if (!(Body instanceof Readable)) throw new TypeError('the object store answered without a body');
    return range === undefined ? checkedAgainst(sha256Of(key), Body) : Body;
  } catch (error) {
    throw isMissing(error) ? missingBlob(key) : error;
  }
}

async function statBlob(shelf: Shelf, key: string): Promise<StoredBlob | null> {
  try {
    const found = await shelf.client.send(new HeadObjectCommand(objectOf(shelf, key)));
    const storedAt = found.LastModified?.getTime() ?? 0;
    return { key, sha256: sha256Of(key), size: found.ContentLength ?? 0, storedAt };
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** S3 answers the same whether or not there was one, so it is asked first. */
async function deleteBlob(shelf: Shelf, key: string): Promise<boolean> {
  if ((await statBlob(shelf, key)) === null) return false;
  await shelf.client.send(new DeleteObjectCommand(objectOf(shelf, key)));
  return true;
}

async function* listBlobs({ client, bucket, prefix }: Shelf): AsyncIterable<StoredBlob> {
  const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix });
  for await (const { Contents = [] } of pages) {
    for (const { Key = '', Size = 0, LastModified } of Contents) {
      const [, key, sha256] = /^(([0-9a-f]{2})\/(?=\2)[0-9a-f]{64})$/.exec(Key.slice(prefix.length)) ?? [];
      if (key === undefined || sha256 === undefined) continue;
      yield { key, sha256: sha256Of(key), size: Size, storedAt: LastModified?.getTime() ?? 0 };
    }
  }
}
