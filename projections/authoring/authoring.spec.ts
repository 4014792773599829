import { describe, expect, it } from '@jest/globals';
import type { ScriptEvent } from '@stemma/domain/events';
import { specifyProjection, type StreamFact } from '@stemma/read-model';
import { authoring } from './authoring.projection.js';
import { activationRows, authoringRows } from './authoring.tables.js';

const tenantId = '7b1f3a52-3d1e-5b0a-9c55-000000000001';
const scriptId = '00000000-0000-5000-8000-000000000001';
const policy = { requiredApprovals: 1, fourEyes: true };
const versionId = (number: number) => `00000000-0000-5000-8000-${String(number).padStart(12, '9')}`;
const hashOf = (letter: string) => letter.repeat(64);
const ofVersion = (number: number) => ({ scriptId, number, versionId: versionId(number) });
const minute = (at: number) => `2026-11-21T08:${String(at).padStart(2, '0')}:00.000Z`;

const did = (person: string, at: number, event: ScriptEvent): StreamFact => ({
  event,
  meta: { tenantId, actor: { kind: 'user', id: person, via: null }, at: minute(at), release: 'test' },
});

const details = { name: 'Sales', description: '', labels: ['a'] };
const born = did('ann', 0, {
  type: 'ScriptCreated',
  data: { scriptId, slug: 'sales', kind: 'code', type: 'one_off', details },
});
const drafted = (
  number: number,
  from: number | null,
  contentHash: string,
  origin: 'saved' | 'rollback' = 'saved',
): ScriptEvent => ({
  type: 'DraftCreated',
  data: {
    ...ofVersion(number),
    contentHash,
    derivedFromVersionId: from === null ? null : versionId(from),
    origin,
    changeSummary: `why ${number}`,
    sameContentAs: null,
  },
});
const published = (number: number, contentHash: string): ScriptEvent => ({
  type: 'VersionPublished',
  data: { ...ofVersion(number), contentHash, policy },
});
const archived = (number: number, by: number): ScriptEvent => ({
  type: 'VersionArchived',
  data: { ...ofVersion(number), supersededBy: { versionId: versionId(by), number: by } },
});

const given = (...facts: readonly StreamFact[]) =>
  specifyProjection(authoring).given({ [`script-${tenantId}.${scriptId}`]: [born, ...facts] });
const changes = (...facts: readonly StreamFact[]) => given(...facts).rows(authoringRows);

describe('who changed what', () => {
  it('R-D8 a new script is told by all that it says of itself', () => {
    expect(changes()).toEqual([
      {
        tenantId,
        scriptId,
        revision: 0n,
        position: 0n,
        slug: 'sales',
        action: 'create',
        number: null,
        round: null,
        changes: [
          { path: '/description', change: 'added', to: '' },
          { path: '/kind', change: 'added', to: 'code' },
          { path: '/labels', change: 'added', to: ['a'] },
          { path: '/name', change: 'added', to: 'Sales' },
          { path: '/slug', change: 'added', to: 'sales' },
          { path: '/type', change: 'added', to: 'one_off' },
        ],
        note: null,
        policy: null,
        by: 'ann',
        actorKind: 'user',
        at: minute(0),
      },
    ]);
  });

  it('R-D8 an update is told by the fields that it changed, from what to what', () => {
    const renamed = { ...details, name: 'Sales 2', labels: ['a', 'b'] };
    const [, first, second] = changes(
      did('bob', 1, { type: 'ScriptDetailsChanged', data: { scriptId, details: renamed } }),
      did('cy', 2, { type: 'ScriptDetailsChanged', data: { scriptId, details } }),
    );
    expect(first).toMatchObject({
      action: 'update',
      by: 'bob',
      at: minute(1),
      changes: [
        { path: '/labels/1', change: 'added', to: 'b' },
        { path: '/name', change: 'changed', from: 'Sales', to: 'Sales 2' },
      ],
    });
    expect(second?.changes).toEqual([
      { path: '/labels/1', change: 'removed', from: 'b' },
      { path: '/name', change: 'changed', from: 'Sales 2', to: 'Sales' },
    ]);
  });

  it('a draft is told by the hash of what it was made from, and its own', () => {
    const [, , second] = changes(
      did('ann', 1, drafted(1, null, hashOf('a'))),
      did('bob', 2, drafted(2, 1, hashOf('b'))),
    );
    expect(second).toMatchObject({
      action: 'save',
      number: 2,
      note: 'why 2',
      changes: [
        { path: '/contentHash', change: 'changed', from: hashOf('a'), to: hashOf('b') },
        { path: '/number', change: 'changed', from: 1, to: 2 },
      ],
    });
  });

  it('every decision of a review is kept with its round and its words', () => {
    const rows = changes(
      did('ann', 1, drafted(1, null, hashOf('a'))),
      did('ann', 2, { type: 'SubmittedForReview', data: { ...ofVersion(1), round: 1, policy } }),
      did('bob', 3, { type: 'ChangesRequested', data: { ...ofVersion(1), round: 1, reviewNote: 'why?' } }),
      did('ann', 4, { type: 'SubmittedForReview', data: { ...ofVersion(1), round: 2, policy } }),
      did('ann', 5, { type: 'SubmissionWithdrawn', data: { ...ofVersion(1), round: 2 } }),
      did('ann', 6, { type: 'SubmittedForReview', data: { ...ofVersion(1), round: 3, policy } }),
      did('bob', 7, {
        type: 'VersionApproved',
        data: { ...ofVersion(1), round: 3, contentHash: hashOf('a'), reviewNote: 'good' },
      }),
    );
    expect(rows.slice(2).map(({ action, by, round, note }) => [action, by, round, note])).toEqual([
      ['submit', 'ann', 1, null],
      ['request-changes', 'bob', 1, 'why?'],
      ['submit', 'ann', 2, null],
      ['withdraw', 'ann', 2, null],
      ['submit', 'ann', 3, null],
      ['approve', 'bob', 3, 'good'],
    ]);
  });

  it('switches say what they were', () => {
    const rows = changes(
      did('bob', 1, { type: 'ScriptDisabled', data: { scriptId, reason: 'moved' } }),
      did('bob', 2, { type: 'ScriptEnabled', data: { scriptId } }),
    );
    expect(rows.slice(1)).toMatchObject([
      {
        action: 'disable',
        note: 'moved',
        changes: [{ path: '/enabled', change: 'changed', from: true, to: false }],
      },
      { action: 'enable', changes: [{ path: '/enabled', change: 'changed', from: false, to: true }] },
    ]);
  });

  it('listing, triggers, policies, pruning and the end are told by what they changed', () => {
    const trigger = { kind: 'cron', expression: '0 7 * * *', timeZone: 'UTC' } as const;
    const ofTrigger = { scriptId, triggerId: versionId(9), name: 'daily', trigger };
    const pruning = { maxVersions: 3, retentionDays: null };
    const pruned = { ...ofVersion(1), contentHash: hashOf('a') };
    const governed: readonly ScriptEvent[] = [
      { type: 'ScriptListed', data: { scriptId } },
      { type: 'TriggerSet', data: ofTrigger },
      { type: 'TriggerRemoved', data: ofTrigger },
      { type: 'ReviewPolicySet', data: { scriptId, policy } },
      { type: 'ReviewPolicySet', data: { scriptId, policy: { ...policy, requiredApprovals: 2 } } },
      { type: 'PrunePolicySet', data: { scriptId, policy: pruning } },
      { type: 'VersionsPruned', data: { scriptId, versions: [pruned], policy: pruning } },
      { type: 'ScriptUnlisted', data: { scriptId } },
      { type: 'ScriptRetired', data: { scriptId, reason: 'done' } },
    ];
    const rows = changes(...governed.map((event) => did('bob', 1, event))).slice(1);
    expect(rows.map(({ action, changes: [one] }) => [action, one])).toEqual([
      ['list', { path: '/listed', change: 'changed', from: false, to: true }],
      ['set-trigger', { path: '/triggers/daily', change: 'added', to: trigger }],
      ['remove-trigger', { path: '/triggers/daily', change: 'removed', from: trigger }],
      ['set-review-policy', { path: '/reviewPolicy', change: 'changed', from: null, to: policy }],
      ['set-review-policy', { path: '/reviewPolicy/requiredApprovals', change: 'changed', from: 1, to: 2 }],
      ['set-prune-policy', { path: '/prunePolicy', change: 'changed', from: null, to: pruning }],
      ['prune', { path: '/versions/1/content', change: 'removed', from: hashOf('a') }],
      ['unlist', { path: '/listed', change: 'changed', from: true, to: false }],
      ['retire', { path: '/retired', change: 'changed', from: false, to: true }],
    ]);
    expect(rows.at(-1)?.note).toBe('done');
  });
});

describe('who moved the active version', () => {
  const life = [
    did('ann', 1, drafted(1, null, hashOf('a'))),
    did('bob', 2, published(1, hashOf('a'))),
    did('ann', 3, drafted(2, 1, hashOf('b'))),
    did('cy', 4, archived(1, 2)),
    did('cy', 4, published(2, hashOf('b'))),
    did('dee', 5, drafted(3, 1, hashOf('a'), 'rollback')),
    did('dee', 5, archived(2, 3)),
    did('dee', 5, published(3, hashOf('a'))),
  ];

  it('R-E3 is told by one row for each time, with its end', () => {
    const told = given(...life).rows(activationRows);
    const moved = [...told]
      .sort((a, b) => a.number - b.number)
      .map(({ number, how, by, at, replacedNumber, endedBy, endedAt, supersededByNumber }) => [
        [number, how, by, at],
        [replacedNumber, endedBy, endedAt, supersededByNumber],
      ]);
    expect(moved).toEqual([
      [
        [1, 'review', 'bob', minute(2)],
        [null, 'cy', minute(4), 2],
      ],
      [
        [2, 'review', 'cy', minute(4)],
        [1, 'dee', minute(5), 3],
      ],
      [
        [3, 'rollback', 'dee', minute(5)],
        [2, null, null, null],
      ],
    ]);
    expect(told.find(({ number }) => number === 3)?.note).toBe('why 3');
  });

  it('a broken glass and its reason stay with what they made active', () => {
    const broken = { ...published(1, hashOf('a')).data, breakGlass: { reason: 'fire' } };
    const facts = [
      did('ann', 1, drafted(1, null, hashOf('a'))),
      did('ann', 2, { type: 'VersionPublished', data: broken } as ScriptEvent),
    ];
    expect(given(...facts).rows(activationRows)).toMatchObject([{ how: 'break-glass', note: 'fire' }]);
    expect(changes(...facts).at(-1)).toMatchObject({ action: 'break-glass', note: 'fire', policy });
  });

  it('one that nothing replaces just ends, and what comes later replaces nothing', () => {
    const facts = [
      did('ann', 1, drafted(1, null, hashOf('a'))),
      did('bob', 2, published(1, hashOf('a'))),
      did('bob', 3, { type: 'VersionArchived', data: { ...ofVersion(1), supersededBy: null } }),
      did('ann', 4, drafted(2, 1, hashOf('b'))),
      did('bob', 5, published(2, hashOf('b'))),
    ];
    expect(given(...facts).rows(activationRows)).toMatchObject([
      { number: 1, endedBy: 'bob', endedAt: minute(3), supersededByNumber: null },
      { number: 2, replacedNumber: null },
    ]);
  });

  it('stands in the changes, too: what was replaced by what', () => {
    const rows = changes(...life);
    expect(rows.slice(-3)).toMatchObject([
      { action: 'rollback', number: 3, note: 'why 3' },
      {
        action: 'archive',
        number: 2,
        changes: [{ path: '/versions/2/state', from: 'active', to: 'archived' }],
      },
      {
        action: 'publish',
        number: 3,
        changes: [
          { path: '/active/contentHash', from: hashOf('b'), to: hashOf('a') },
          { path: '/active/number', from: 2, to: 3 },
        ],
      },
    ]);
  });
});
