import { BlobFault } from './blob-store.js';

const form = /^([0-9a-f]{2})\/(\1[0-9a-f]{62})$/;

/** The key of the bytes with this hash. */
export function blobKeyOf(sha256: string): string {
  return `${sha256.slice(0, 2)}/${sha256}`;
}

/** The hash in a key. Throws `BlobFault` (`bad-key`) for anything that is not one, so that no key leads out of the store. */
export function sha256Of(key: string): string {
  const sha256 = form.exec(key)?.[2];
  if (sha256 === undefined) {
    throw new BlobFault(
      'bad-key',
      `"${key.slice(0, 100)}" is not the key of a blob; keys look like ab/ab12… (sha256).`,
    );
  }
  return sha256;
}
