/** Where blobs are kept in an S3-compatible object store. */
export interface S3Place {
  readonly bucket: string;
  /** What every key begins with: empty, or a path that ends in a slash. */
  readonly prefix: string;
  readonly region: string;
  /** Of a server that is not Amazon's; its buckets are addressed by path. */
  readonly endpoint: string | undefined;
}

const hint = 'use s3://<bucket>[/<prefix>][?region=<region>&endpoint=<url>]';
const known = new Set(['region', 'endpoint']);

/**
 * Reads `s3://bucket/prefix?region=eu-central-1&endpoint=https://minio.internal:9000`. Credentials are not part of it:
 * they come from the environment, as every S3 client reads them (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, profiles).
 *
 * @throws TypeError that says what is wrong
 */
export function readS3Place(url: string): S3Place {
  const { protocol, hostname, pathname, searchParams, username, password } = new URL(url);
  if (protocol !== 's3:' || hostname === '') throw new TypeError(`"${url}" is not a place in S3: ${hint}`);
  if (username !== '' || password !== '')
    throw new TypeError(
      'credentials do not belong into the URL of a bucket: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    );
  const odd = [...searchParams.keys()].find((name) => !known.has(name));
  if (odd !== undefined) throw new TypeError(`"${odd}" is not known in the URL of a bucket: ${hint}`);
  const path = decodeURIComponent(pathname)
    .split('/')
    .filter((part) => part !== '');
  return Object.freeze({
    bucket: hostname,
    prefix: path.map((part) => `${part}/`).join(''),
    region: searchParams.get('region') ?? 'us-east-1',
    endpoint: searchParams.get('endpoint') ?? undefined,
  });
}
