import { describe, expect, it } from '@jest/globals';
import type { ScriptEvent } from '@stemma/domain/events';
import { specifyProjection, type StreamFact } from '@stemma/read-model';
import { versions } from './versions.projection.js';
import { slugRows, versionRows } from './versions.tables.js';

const tenantId = '7b1f3a52-3d1e-5b0a-9c55-000000000001';
const scriptId = '00000000-0000-5000-8000-000000000001';
const policy = { requiredApprovals: 1, fourEyes: true };
const contentHash = 'a'.repeat(64);
const versionId = (number: number) => `00000000-0000-5000-8000-${String(number).padStart(12, '9')}`;
const ofVersion = (number: number) => ({ scriptId, number, versionId: versionId(number) });
const minute = (at: number) => `2026-11-21T08:${String(at).padStart(2, '0')}:00.000Z`;

const did = (person: string, at: number, event: ScriptEvent): StreamFact => ({
  event,
  meta: { tenantId, actor: { kind: 'user', id: person, via: null }, at: minute(at), release: 'test' },
});

const born = did('ann', 0, {
  type: 'ScriptCreated',
  data: {
    scriptId,
    slug: 'clean-sales',
    kind: 'code',
    type: 'one_off',
    details: { name: 'n', description: '', labels: [] },
  },
});
const drafted = (number: number): ScriptEvent => ({
  type: 'DraftCreated',
  data: {
    ...ofVersion(number),
    contentHash,
    derivedFromVersionId: number > 1 ? versionId(number - 1) : null,
    origin: 'saved',
    changeSummary: `change ${number}`,
    sameContentAs: null,
  },
});
const submitted = (number: number, round: number): ScriptEvent => ({
  type: 'SubmittedForReview',
  data: { ...ofVersion(number), round, policy },
});
const approved = (number: number, round: number, reviewNote: string | null): ScriptEvent => ({
  type: 'VersionApproved',
  data: { ...ofVersion(number), round, contentHash, reviewNote },
});

const given = (...facts: readonly StreamFact[]) =>
  specifyProjection(versions).given({ [`script-${tenantId}.${scriptId}`]: [born, ...facts] });
const version = (number: number, ...facts: readonly StreamFact[]) =>
  given(...facts)
    .rows(versionRows)
    .find((row) => row.number === number);

describe('which versions a script has', () => {
  it('finds its slug from the first event on, before there is any version', () => {
    const { rows } = given();
    expect(rows(slugRows)).toEqual([{ tenantId, scriptId, slug: 'clean-sales' }]);
    expect(rows(versionRows)).toEqual([]);
  });

  it('a draft says what it was made from, and why', () => {
    expect(version(2, did('ann', 1, drafted(1)), did('bob', 2, drafted(2)))).toMatchObject({
      ...ofVersion(2),
      state: 'draft',
      derivedFromVersionId: versionId(1),
      changeSummary: 'change 2',
      createdBy: 'bob',
      createdAt: minute(2),
      submissions: [],
      approvals: [],
      publishedBy: null,
    });
  });

  it('R-A5 keeps who submitted, reviewed, published and archived as facts of their own: none overwrites another', () => {
    const facts = [
      did('ann', 1, drafted(1)),
      did('bob', 2, submitted(1, 1)),
      did('cy', 3, {
        type: 'ChangesRequested',
        data: { ...ofVersion(1), round: 1, reviewNote: 'name the columns' },
      }),
      did('bob', 4, submitted(1, 2)),
      did('bob', 5, { type: 'SubmissionWithdrawn', data: { ...ofVersion(1), round: 2 } }),
      did('ann', 6, submitted(1, 3)),
      did('cy', 7, approved(1, 3, 'good')),
      did('dee', 8, approved(1, 3, null)),
      did('eve', 9, { type: 'VersionPublished', data: { ...ofVersion(1), contentHash, policy } }),
      did('ann', 10, drafted(2)),
      did('fay', 11, {
        type: 'VersionArchived',
        data: { ...ofVersion(1), supersededBy: { versionId: versionId(2), number: 2 } },
      }),
    ];
    expect(version(1, ...facts)).toMatchObject({
      state: 'archived',
      createdBy: 'ann',
      createdAt: minute(1),
      submissions: [
        { round: 1, policy, by: 'bob', at: minute(2) },
        { round: 2, policy, by: 'bob', at: minute(4) },
        { round: 3, policy, by: 'ann', at: minute(6) },
      ],
      requestedChanges: [{ round: 1, note: 'name the columns', by: 'cy', at: minute(3) }],
      withdrawals: [{ round: 2, by: 'bob', at: minute(5) }],
      approvals: [
        { round: 3, contentHash, note: 'good', by: 'cy', at: minute(7) },
        { round: 3, contentHash, note: null, by: 'dee', at: minute(8) },
      ],
      publishedBy: 'eve',
      publishedAt: minute(9),
      publishedPolicy: policy,
      archivedBy: 'fay',
      archivedAt: minute(11),
      supersededByNumber: 2,
    });
  });

  it('says why it was published against the policy, and since when its content is given up', () => {
    const breakGlass = { reason: 'the plant is on fire' };
    const pruned = { ...ofVersion(1), contentHash };
    const facts = [
      did('ann', 1, drafted(1)),
      did('bob', 2, drafted(2)),
      did('cy', 3, { type: 'VersionPublished', data: { ...ofVersion(2), contentHash, policy, breakGlass } }),
      did('dee', 4, {
        type: 'VersionsPruned',
        data: { scriptId, versions: [pruned], policy: { maxVersions: 1, retentionDays: null } },
      }),
    ];
    expect(version(2, ...facts)).toMatchObject({ breakGlassReason: breakGlass.reason, prunedAt: null });
    expect(version(1, ...facts)).toMatchObject({ prunedBy: 'dee', prunedAt: minute(4), state: 'draft' });
  });

  it('a version sent back is a draft again, one in review is not', () => {
    const sent = [did('ann', 1, drafted(1)), did('ann', 2, submitted(1, 1))];
    expect(version(1, ...sent)?.state).toBe('in_review');
    const withdrawn = did('ann', 3, { type: 'SubmissionWithdrawn', data: { ...ofVersion(1), round: 1 } });
    expect(version(1, ...sent, withdrawn)?.state).toBe('draft');
  });
});
