import { describe, expect, it } from '@jest/globals';
import { DELETED_BEFORE, NO_METADATA, parseStreamMetadata, withTruncateBefore } from './stream-metadata.js';

const parse = (json: string) => parseStreamMetadata(Buffer.from(json));

describe('stream metadata', () => {
  it('takes what is valid', () => {
    expect(parse('{"$tb":3,"$maxCount":5,"$maxAge":60,"$cacheControl":9,"mine":1}')).toEqual({
      truncateBefore: 3,
      maxCount: 5,
      maxAgeMs: 60_000,
    });
  });

  it.each(['{"$tb":"3","$maxCount":-1,"$maxAge":null}', '[1]', 'null', 'not json', ''])(
    'leaves out what is not: %s',
    (json) => {
      expect(parse(json)).toEqual(NO_METADATA);
    },
  );

  it('marks a delete with 2^63 - 1, which no JavaScript number is', () => {
    const json = withTruncateBefore(
      Buffer.from('{"$maxCount":7,"$tb":2,"colour":"red"}'),
      '9223372036854775807',
    );
    expect(json.toString()).toBe('{"$tb":9223372036854775807,"$maxCount":7,"colour":"red"}');
    expect(parseStreamMetadata(json).truncateBefore).toBeGreaterThanOrEqual(DELETED_BEFORE);
  });

  it.each([undefined, Buffer.from('{}'), Buffer.from('broken')])('begins anew from nothing', (before) => {
    expect(withTruncateBefore(before, '4').toString()).toBe('{"$tb":4}');
  });
});
