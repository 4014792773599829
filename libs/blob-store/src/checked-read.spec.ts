import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { checkedAgainst } from './checked-read.js';

const source = (): Readable => new Readable({ read: () => undefined });
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('bytes that are checked while they are read', () => {
  it('are those of their hash, or end in a fault', async () => {
    expect((await buffer(checkedAgainst(hashOf('ab'), Readable.from(['a', 'b'])))).toString()).toBe('ab');
    const changed = buffer(checkedAgainst(hashOf('ab'), Readable.from(['a', 'c'])));
    await expect(changed).rejects.toMatchObject({ code: 'corrupt' });
  });

  it('are let go of when nobody reads a byte of them: a file stays open no longer', async () => {
    const file = source();
    checkedAgainst(hashOf(''), file).destroy();
    await once(file, 'close');
    expect(file.destroyed).toBe(true);
  });

  it('that break before they are read say so to the reader, and end no process', async () => {
    const body = source();
    const read = checkedAgainst(hashOf(''), body);
    const isClosed = new Promise((resolve) => body.once('close', resolve));
    body.destroy(new Error('the connection was reset'));
    await isClosed;
    await expect(buffer(read)).rejects.toThrow('the connection was reset');
  });
});
