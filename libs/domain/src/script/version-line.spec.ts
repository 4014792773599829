import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  appendVersion,
  changeVersion,
  everyVersion,
  namesUnpruned,
  newestVersion,
  newestWith,
  noVersions,
  type Version,
  versionAt,
} from './version-line.js';

const version = (number: number, contentHash: string): Version => ({
  number,
  versionId: `id of ${number}`,
  contentHash,
  author: 'ann',
  createdAt: 0,
  archivedAt: null,
  state: 'draft',
  pruned: false,
  review: null,
});

const contents = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 300 });
const lineOf = (hashes: readonly string[]) =>
  hashes.reduce((line, hash, index) => appendVersion(line, version(index + 1, hash)), noVersions);

describe('the versions of a script', () => {
  it('are what a plain list of them would be, over every number of chunks', () => {
    fc.assert(
      fc.property(contents, fc.nat(301), fc.constantFrom('a', 'b', 'z'), (hashes, number, sought) => {
        const line = lineOf(hashes);
        const list = hashes.map((hash, index) => version(index + 1, hash));
        expect(everyVersion(line)).toEqual(list);
        expect(line.length).toBe(list.length);
        expect(versionAt(line, number)).toEqual(list[number - 1]);
        expect(newestVersion(line)).toEqual(list.at(-1));
        expect(newestWith(line, sought)).toEqual(list.findLast(({ contentHash }) => contentHash === sought));
      }),
    );
  });

  it('are found by their content whatever changed, again and again, and so are those that keep its bytes', () => {
    const changes = fc.array(fc.tuple(fc.nat(299), fc.boolean()), { maxLength: 20 });
    fc.assert(
      fc.property(contents, changes, fc.constantFrom('a', 'b', 'z'), (hashes, pruned, sought) => {
        let line = lineOf(hashes);
        const list = hashes.map((hash, index) => version(index + 1, hash));
        for (const [index, isPruned] of pruned) {
          const old = list[index];
          if (old === undefined) continue;
          list[index] = { ...old, pruned: isPruned };
          line = changeVersion(line, index + 1, { pruned: isPruned });
          const same = list.filter(({ contentHash }) => contentHash === sought);
          expect(newestWith(line, sought)).toEqual(same.at(-1));
          expect(namesUnpruned(line, sought)).toBe(same.some((one) => !one.pruned));
        }
      }),
    );
  });

  it('change one at a time, and leave the line as it was to whoever still holds it', () => {
    const line = lineOf(Array<string>(200).fill('a'));
    const changed = changeVersion(line, 150, { pruned: true });
    expect(everyVersion(changed).filter(({ pruned }) => pruned)).toEqual([
      { ...version(150, 'a'), pruned: true },
    ]);
    expect(versionAt(line, 150)?.pruned).toBe(false);
  });

  it('do not change where none was created', () => {
    expect(() => changeVersion(noVersions, 1, { pruned: true })).toThrow('the stream is damaged');
  });
});
