import { describe, expect, it } from '@jest/globals';
import { judgeScriptHistory, type StoredScriptEvent } from './judge-script-history.js';
import { secondPublished } from './script.fixtures.js';

/** A life as it is stored, one command for each instant. */
const good: readonly StoredScriptEvent[] = secondPublished.map(({ event, meta }, index) => ({
  ...event,
  revision: BigInt(index),
  metadata: { commandId: meta.at },
}));
const answers = good.map(({ revision }) => ({ key: `key ${revision}`, revision }));
const renumbered = (events: readonly StoredScriptEvent[]) =>
  events.map((event, index) => ({ ...event, revision: BigInt(index) }));
const faultsIn = (...judged: Parameters<typeof judgeScriptHistory>) =>
  new Set(judgeScriptHistory(...judged).map(({ fault }) => fault));
const [first, second] = good;

describe('judging the history of a script', () => {
  it('finds nothing in a good one', () => {
    expect(judgeScriptHistory(good, answers)).toEqual([]);
  });

  it.each<readonly [string, () => ReadonlySet<string>]>([
    ['revision-gap', () => faultsIn(good.filter((_, index) => index !== 3))],
    ['two-active', () => faultsIn(renumbered(good.filter(({ type }) => type !== 'VersionArchived')))],
    ['number-out-of-order', () => faultsIn(renumbered(good.filter(({ data }) => !isDraft(data, 1))))],
    ['second-batch', () => faultsIn(renumbered([...good, ...(second ? [second] : [])]))],
    ['after-retirement', () => faultsIn(renumbered([...good, { ...ending, type: 'ScriptRetired' }, ending]))],
    ['acknowledged-not-stored', () => faultsIn(good, [{ key: 'lost', revision: BigInt(good.length) }])],
    ['acknowledged-twice', () => faultsIn(good, [...answers, { key: 'another', revision: 0n }])],
  ])('is shown to find %s', (fault, found) => {
    expect(found()).toContain(fault);
  });

  const ending: StoredScriptEvent = {
    ...first,
    type: 'ScriptEnabled',
    data: {},
    revision: 0n,
    metadata: { commandId: 'end' },
  };
  const isDraft = (data: object, number: number) =>
    'origin' in data && 'number' in data && data.number === number;
});
