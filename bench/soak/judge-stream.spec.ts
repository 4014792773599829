import { describe, expect, it } from '@jest/globals';
import { judgeStream } from './judge-stream.js';

const sound = { stored: [0, 1, 2, 3, 4, 5], acked: 4, size: 2, answered: true };

describe('E12 judging a stream after a kill', () => {
  it('finds nothing wrong with one that has what was acknowledged, and perhaps more', () => {
    expect(judgeStream(sound)).toEqual({ faults: [], lost: 0 });
  });

  it.each([
    ['an acknowledged event that is gone', { stored: [0, 1] }, { lost: 2, faults: [] }],
    [
      'an append of which a part is there',
      { stored: [0, 1, 2, 3, 4] },
      { faults: ['part of an append is there'] },
    ],
    [
      'an event in the middle that is gone',
      { stored: [0, 1, 3, 4] },
      { faults: ['revisions are not contiguous'] },
    ],
    [
      'an event that is there twice',
      { stored: [0, 1, 1, 2, 3, 4] },
      { faults: ['revisions are not contiguous'] },
    ],
    [
      'a retry that is stored again or refused',
      { answered: false },
      { faults: ['a retry is answered otherwise'] },
    ],
  ])('finds a planted fault: %s', (_, planted, found) => {
    expect(judgeStream({ ...sound, ...planted })).toMatchObject(found);
  });
});
