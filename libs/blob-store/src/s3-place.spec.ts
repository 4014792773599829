import { describe, expect, it } from '@jest/globals';
import { readS3Place } from './s3-place.js';

describe('the URL of a bucket', () => {
  it.each([
    ['s3://blobs', { bucket: 'blobs', prefix: '', region: 'us-east-1', endpoint: undefined }],
    [
      's3://my.blobs/stemma//prod/?region=eu-central-1',
      { bucket: 'my.blobs', prefix: 'stemma/prod/', region: 'eu-central-1', endpoint: undefined },
    ],
    [
      's3://b/p?endpoint=https://minio.internal:9000',
      { bucket: 'b', prefix: 'p/', region: 'us-east-1', endpoint: 'https://minio.internal:9000' },
    ],
  ])('%s names a place', (url, place) => {
    expect(readS3Place(url)).toEqual(place);
  });

  it.each([
    ['http://blobs', 'is not a place in S3'],
    ['s3://', 'is not a place in S3'],
    ['s3://key:secret@blobs', 'credentials do not belong'],
    ['s3://blobs?acl=public', '"acl" is not known'],
  ])('%s is refused, and how to write it is said', (url, said) => {
    expect(() => readS3Place(url)).toThrow(said);
  });
});
