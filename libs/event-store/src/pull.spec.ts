import { describe, expect, it } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { ENDED, pull, SILENT } from './pull.js';

const objects = () => new PassThrough({ objectMode: true, highWaterMark: 100 });
const uninterrupted = new AbortController().signal;

describe('pulling from a stream of the client', () => {
  it('takes items in order, and then the end', async () => {
    const stream = objects();
    const source = pull<number>(stream, uninterrupted);
    stream.write(1);
    stream.end(2);
    expect([await source.next(1_000), await source.next(1_000), await source.next(1_000)]).toEqual([
      1,
      2,
      ENDED,
    ]);
  });

  it('fails as its stream does, but first hands over what arrived', async () => {
    const stream = objects();
    const source = pull<number>(stream, uninterrupted);
    stream.write(1);
    stream.emit('error', new Error('cut'));
    expect(await source.next(1_000)).toBe(1);
    await expect(source.next(1_000)).rejects.toThrow('cut');
  });

  it('never takes the end that follows a failure for the end of the items', async () => {
    const stream = objects();
    const source = pull<number>(stream, uninterrupted);
    const waiting = source.next(1_000);
    stream.emit('error', new Error('cut'));
    stream.end();
    stream.emit('end');
    await expect(waiting).rejects.toThrow('cut');
    await expect(source.next(1_000)).rejects.toThrow('cut');
  });

  it('survives a stream that fails after it ended', async () => {
    const stream = objects();
    const source = pull<number>(stream, uninterrupted);
    stream.end();
    expect(await source.next(1_000)).toBe(ENDED);
    expect(() => stream.emit('error', new Error('late'))).not.toThrow();
  });

  it('takes the end of an interrupted call for the interruption it is', async () => {
    const interruption = new AbortController();
    const stream = objects();
    const source = pull<number>(stream, interruption.signal);
    interruption.abort(new Error('replaced'));
    stream.end();
    await expect(source.next(1_000)).rejects.toThrow('replaced');
  });

  it('tells when nothing came in time', async () => {
    expect(await pull(objects(), uninterrupted).next(0)).toBe(SILENT);
  });

  it('stops listening to the interruption when done', async () => {
    const interruption = new AbortController();
    const source = pull<number>(objects(), interruption.signal);
    source.done();
    interruption.abort(new Error('later'));
    expect(await source.next(0)).toBe(SILENT);
  });
});
