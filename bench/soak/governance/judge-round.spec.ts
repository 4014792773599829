import { describe, expect, it } from '@jest/globals';
import type { StoredScriptEvent } from '@stemma/domain';
import { judgeRound, type Told } from './judge-round.js';

const event = (revision: bigint, type: string, data: object = {}): StoredScriptEvent => ({
  type,
  data,
  revision,
  metadata: { commandId: `command ${revision}` },
});
const history = [
  event(0n, 'ScriptCreated'),
  event(1n, 'DraftCreated', { number: 1 }),
  event(2n, 'SubmittedForReview', { number: 1 }),
];
const said = (key: string, revision: bigint | null, more: Partial<Told> = {}): Told => ({
  key,
  status: 200,
  changed: true,
  revision,
  ...more,
});
const told = [
  said('save', 1n),
  said('save', 1n),
  said('submit', 2n),
  said('publish', 2n, { status: 409, changed: false }),
];

describe('judging a round', () => {
  it('finds nothing wrong where every change that was told is stored, once', () => {
    expect(judgeRound(history, told)).toEqual([]);
  });

  it.each<readonly [string, readonly StoredScriptEvent[], readonly Told[], string]>([
    ['a fault of the server', history, [...told, said('list', null, { status: 500, changed: false })], '500'],
    ['a change without a revision', history, [said('save', null)], 'told no revision'],
    ['a key with two outcomes', history, [...told, said('save', 2n)], 'save was told 2 revisions: 1, 2'],
    ['a change that is not stored', history.slice(0, 2), told, 'acknowledged-not-stored at revision 2'],
    ['one event told to two', history, [...told, said('other', 2n)], 'acknowledged-twice at revision 2'],
    ['an event that is gone', history.filter(({ revision }) => revision !== 1n), [], 'revision-gap'],
  ])('finds a planted fault: %s', (_, stored, answers, fault) => {
    expect(judgeRound(stored, answers).join('\n')).toContain(fault);
  });
});
