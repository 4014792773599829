import { describe, expect, it } from '@jest/globals';
import {
  type Cell,
  cells,
  COMMANDS,
  factsOf,
  outcomeOf,
  RUN_SITUATIONS,
  runOutcomeOf,
  POLICIES,
  SITUATIONS,
  wordOf,
} from './governance-table.fixtures.js';
import { stateAfter } from './script.fixtures.js';

/**
 * Written by hand, as the second opinion on `decide`: what somebody else than the author may do to version 1 under one
 * approval and four eyes. One column per situation, in their order; `+` stores events, `=` is already so.
 */
const TABLE = `
  CreateScript: + | script-exists | script-exists | script-exists | script-exists | script-exists | script-exists | script-exists | script-exists | script-exists | script-exists | script-exists | script-exists | slug-retired
  ChangeDetails: script-not-found | + | + | + | + | + | + | + | + | + | + | + | + | slug-retired
  SaveDraft: script-not-found | + | + | + | + | + | + | + | + | + | + | + | + | slug-retired
  SubmitForReview: script-not-found | version-not-found | + | not-head-draft | = | = | version-not-draft | version-not-draft | version-not-draft | version-not-draft | version-not-draft | = | = | slug-retired
  WithdrawSubmission: script-not-found | version-not-found | = | = | + | + | version-not-in-review | version-not-in-review | version-not-in-review | version-not-in-review | version-not-in-review | + | + | slug-retired
  RequestChanges: script-not-found | version-not-found | version-not-in-review | version-not-in-review | + | + | version-not-in-review | version-not-in-review | version-not-in-review | version-not-in-review | version-not-in-review | + | + | slug-retired
  ApproveVersion: script-not-found | version-not-found | version-not-in-review | version-not-in-review | + | + | version-not-in-review | version-not-in-review | version-not-in-review | version-not-in-review | version-not-in-review | + | + | slug-retired
  PublishVersion: script-not-found | version-not-found | version-not-in-review | version-not-in-review | not-approved | + | = | = | use-rollback | use-rollback | version-not-in-review | trigger-required | + | slug-retired
  BreakGlass: script-not-found | version-not-found | + | not-head-draft | + | + | = | = | use-rollback | use-rollback | version-not-draft | trigger-required | + | slug-retired
  RollBack: script-not-found | version-not-found | version-never-active | version-never-active | version-never-active | version-never-active | = | = | + | content-pruned | + | version-never-active | version-never-active | slug-retired
  ArchiveVersion: script-not-found | version-not-found | version-not-active | version-not-active | version-not-active | version-not-active | + | + | = | = | = | version-not-active | version-not-active | slug-retired
  EnableScript: script-not-found | = | = | = | = | = | = | = | = | = | = | = | = | slug-retired
  DisableScript: script-not-found | + | + | + | + | + | + | + | + | + | + | + | + | slug-retired
  ListScript: script-not-found | no-active-version | no-active-version | no-active-version | no-active-version | no-active-version | + | = | + | + | no-active-version | no-active-version | no-active-version | slug-retired
  UnlistScript: script-not-found | = | = | = | = | = | = | + | = | = | = | = | = | slug-retired
  SetTrigger: script-not-found | trigger-not-of-type | trigger-not-of-type | trigger-not-of-type | trigger-not-of-type | trigger-not-of-type | trigger-not-of-type | trigger-not-of-type | trigger-not-of-type | trigger-not-of-type | trigger-not-of-type | + | + | slug-retired
  RemoveTrigger: script-not-found | = | = | = | = | = | = | = | = | = | = | = | + | slug-retired
  SetReviewPolicy: script-not-found | + | + | + | + | + | + | + | + | + | + | + | + | slug-retired
  SetPrunePolicy: script-not-found | + | + | + | + | + | + | + | + | + | + | + | + | slug-retired
  PruneVersions: script-not-found | = | = | + | = | = | = | = | + | = | = | = | = | slug-retired
  RetireScript: script-not-found | + | + | + | + | + | + | + | + | + | + | + | + | =
`;

const expected = new Map(
  TABLE.trim()
    .split('\n')
    .map((line) => {
      const [command = '', words = ''] = line.trim().split(': ');
      return [command, words.split(' | ')] as const;
    }),
);

const REVIEWED = ['in review', 'approved', 'cron, no trigger', 'cron, trigger'];

/** Where person and policy make a difference, and nowhere else: by four eyes, and by a policy without any review. */
function expectedOf({ command, situation, person, policy }: Cell): string {
  const word = expected.get(command)?.[Object.keys(SITUATIONS).indexOf(situation)] ?? 'no such cell';
  const { fourEyes, requiredApprovals } = POLICIES[policy];
  const barred = fourEyes && person === 'author';
  if (barred && isBarred(command, situation, word)) return 'four-eyes';
  return requiredApprovals === 0 && word === 'not-approved' ? '+' : word;
}

/** What an author may not do, where anybody could do it. */
function isBarred(command: string, situation: string, word: string): boolean {
  if (command === 'BreakGlass') return word === '+';
  return REVIEWED.includes(situation) && (command === 'ApproveVersion' || command === 'PublishVersion');
}

describe('commands × situations × persons × policies', () => {
  it('succeed in exactly the allowed cells; every other one is the right refusal', () => {
    const differing = cells
      .map((cell) => ({ ...cell, expected: expectedOf(cell), found: wordOf(outcomeOf(cell)) }))
      .filter(({ expected, found }) => expected !== found);
    expect(differing).toEqual([]);
    expect(cells).toHaveLength(expected.size * Object.keys(SITUATIONS).length * 2 * 4);
    expect([...expected.keys()].sort()).toEqual(Object.keys(COMMANDS).sort());
  });

  it('never lead to two active versions, nor to one that is published by its author under four eyes', () => {
    const publishing = cells.filter((cell) => {
      const outcome = outcomeOf(cell);
      return 'events' in outcome && outcome.events.includes('VersionPublished');
    });
    for (const { command, person, policy } of publishing) {
      const ownWork = person === 'author' && command !== 'RollBack';
      expect([command, policy, ownWork && POLICIES[policy].fourEyes]).toEqual([command, policy, false]);
    }
    expect(publishing.length).toBeGreaterThan(20);
  });

  it('leave the state they are decided on as it was', () => {
    for (const situation of Object.keys(SITUATIONS)) {
      const state = deepFrozen(stateAfter(factsOf(situation, 'one approval, four eyes')));
      const before = JSON.stringify(state);
      for (const cell of cells.filter((one) => one.situation === situation)) outcomeOf(cell);
      expect(JSON.stringify(state)).toBe(before);
    }
  });

  it('would be found wrong in one cell, were one rule left out', () => {
    const [cell] = cells.filter((one) => expectedOf(one) === 'four-eyes');
    expect(cell && wordOf(outcomeOf({ ...cell, policy: 'one approval, own work too' }))).not.toBe(
      'four-eyes',
    );
  });
});

/** By hand: one column per situation of a run, in their order. */
const RUNS = {
  sandbox: 'version-not-found | 1 | 1 | 1 | 1 | 2 | 2 | 1 | 1 | slug-retired',
  production:
    'no-active-version | no-active-version | no-active-version | no-active-version | 1 | 2 | 1 | script-disabled | no-active-version | slug-retired',
} as const;

describe('types × contexts × kinds of actors × situations', () => {
  const types = ['one_off', 'embedded'] as const;
  const actors = ['user', 'service', 'schedule', 'system'] as const;
  const contexts = ['sandbox', 'production'] as const;
  const runs = types.flatMap((type) =>
    actors.flatMap((by) =>
      contexts.flatMap((context) =>
        Object.keys(RUN_SITUATIONS).map((situation, column) => ({ type, by, context, situation, column })),
      ),
    ),
  );

  it('run just the version that may run; what is embedded, in production, for services alone', () => {
    const differing = runs
      .map(({ column, ...cell }) => {
        const word = RUNS[cell.context].split(' | ')[column];
        const barred = cell.type === 'embedded' && cell.context === 'production' && cell.by !== 'service';
        const expected = barred && word !== 'slug-retired' ? 'services-only' : word;
        const wanted = { context: cell.context, by: cell.by, number: null };
        return { ...cell, expected, found: runOutcomeOf({ ...cell, wanted }) };
      })
      .filter(({ expected, found }) => expected !== found);
    expect(differing).toEqual([]);
    expect(runs).toHaveLength(160);
  });
});

function deepFrozen<T>(value: T): T {
  if (value !== null && typeof value === 'object') {
    Object.freeze(value);
    Object.values(value).forEach(deepFrozen);
  }
  return value;
}
