import { describe, expect, it } from '@jest/globals';
import { decideAppend, type StreamView } from './decide-append.js';
import type { Expected } from './proposed-event.js';

/** A stream whose events have the ids `stored`, in order. */
const streamOf = (stored: readonly string[], rest: Partial<StreamView> = {}): StreamView => ({
  last: stored.length - 1,
  tombstoned: false,
  deleted: false,
  hasMetadata: false,
  idAt: (revision) => stored[revision],
  recent: (id) => (stored.includes(id) ? { stream: 's', revision: stored.indexOf(id) } : undefined),
  ...rest,
});

const append = { kind: 'append' };
const wrong = { kind: 'wrong-expected-version' };
const gone = { kind: 'stream-deleted' };
const known = (last: number) => ({ kind: 'already-stored', last });

const cases: readonly (readonly [string, StreamView, Expected, readonly string[], object])[] = [
  ['a new stream, any', streamOf([]), 'any', ['a'], append],
  ['a new stream, no_stream', streamOf([]), 'no_stream', ['a'], append],
  ['a new stream, a revision', streamOf([]), 0n, ['a'], wrong],
  ['a new stream, stream_exists', streamOf([]), 'stream_exists', ['a'], wrong],
  [
    'a stream of metadata alone, stream_exists',
    streamOf([], { hasMetadata: true }),
    'stream_exists',
    ['a'],
    append,
  ],
  ['the current revision', streamOf(['a', 'b']), 1n, ['c'], append],
  ['H1 the current revision with ids that are stored', streamOf(['a', 'b']), 1n, ['a', 'b'], append],
  ['a revision ahead', streamOf(['a']), 3n, ['c'], wrong],
  ['a revision of 2^64 - 1', streamOf(['a']), 2n ** 64n - 1n, ['c'], wrong],
  ['H1 the same batch from no_stream', streamOf(['a', 'b', 'c']), 'no_stream', ['a', 'b'], known(1)],
  ['H1 the same batch from a revision', streamOf(['a', 'b', 'c']), 0n, ['b', 'c'], known(2)],
  ['another batch from a past revision', streamOf(['a', 'b', 'c']), 0n, ['x'], wrong],
  ['a batch with more than was stored', streamOf(['a', 'b']), 'no_stream', ['a', 'b', 'c'], wrong],
  ['a batch that differs behind its first event', streamOf(['a', 'b']), 'no_stream', ['a', 'x'], wrong],
  ['any, all ids known', streamOf(['a', 'b']), 'any', ['a', 'b'], known(1)],
  ['any, first id unknown', streamOf(['a', 'b']), 'any', ['x', 'a'], append],
  ['any, only the first known', streamOf(['a']), 'any', ['a', 'x'], wrong],
  [
    'any, known in another stream',
    streamOf([], { recent: () => ({ stream: 't', revision: 0 }) }),
    'any',
    ['a'],
    append,
  ],
  ['stream_exists, all ids known', streamOf(['a', 'b']), 'stream_exists', ['b'], known(1)],
  ['a deleted stream, no_stream', streamOf(['a'], { deleted: true }), 'no_stream', ['x'], append],
  [
    'H13 a deleted stream, no_stream, the first id of before',
    streamOf(['a'], { deleted: true }),
    'no_stream',
    ['a'],
    known(0),
  ],
  ['a deleted stream, its revision', streamOf(['a'], { deleted: true }), 0n, ['x'], append],
  ['a deleted stream, stream_exists', streamOf(['a'], { deleted: true }), 'stream_exists', ['x'], gone],
  ['a tombstoned stream, any', streamOf([], { tombstoned: true }), 'any', ['x'], gone],
  ['a tombstoned stream, another revision', streamOf([], { tombstoned: true }), 4n, ['x'], gone],
  ['nothing, any', streamOf(['a']), 'any', [], append],
];

describe('deciding an append to', () => {
  it.each(cases)('%s', (_, view, expected, ids, decision) => {
    expect(decideAppend('s', view, expected, ids)).toEqual(decision);
  });
});
