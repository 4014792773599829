import { describe, expect, it } from '@jest/globals';
import { specifyProjection, type StreamFact } from '@stemma/read-model';
import {
  approved,
  contentHash,
  created,
  did,
  drafted,
  minute,
  policy,
  published,
  renamed,
  scriptId,
  sentBack,
  streamOf,
  submitted,
  tenantId,
  versionId,
  withdrawn,
} from './reviews.fixtures.js';
import { reviews } from './reviews.projection.js';
import { reviewRows } from './reviews.tables.js';

const open = (...facts: readonly StreamFact[]) =>
  specifyProjection(reviews)
    .given({ [streamOf(tenantId, scriptId)]: [did('ann', 0, created('sales')), ...facts] })
    .rows(reviewRows);

const inReview = [did('ann', 1, drafted(1)), did('bob', 2, submitted(1, 1))];

describe('what waits for a decision', () => {
  it('a submitted version does, with its author, its submitter and what it needs', () => {
    expect(open(did('ann', 1, drafted(1)))).toEqual([]);
    expect(open(...inReview)).toEqual([
      {
        tenantId,
        scriptId,
        slug: 'sales',
        name: 'SALES',
        labels: [],
        number: 1,
        versionId: versionId(1),
        contentHash,
        changeSummary: 'why 1',
        author: 'ann',
        round: 1,
        policy,
        requiredApprovals: 2,
        fourEyes: true,
        missing: 2,
        approvals: [],
        approvedBy: [],
        submittedBy: 'bob',
        submittedAt: minute(2),
      },
    ]);
  });

  it('each approval leaves one less to wait for, and says by whom', () => {
    const [review] = open(...inReview, did('cy', 3, approved(1, 1, 'good')));
    expect(review).toMatchObject({
      missing: 1,
      approvedBy: ['cy'],
      approvals: [{ by: 'cy', at: minute(3), note: 'good' }],
    });
    const both = [did('cy', 3, approved(1, 1, null)), did('dee', 4, approved(1, 1, null))];
    expect(open(...inReview, ...both)).toMatchObject([{ missing: 0, approvedBy: ['cy', 'dee'] }]);
  });

  it('nothing does any more once it was withdrawn, sent back or published', () => {
    for (const end of [withdrawn(1, 1), sentBack(1, 1), published(1)]) {
      expect(open(...inReview, did('cy', 3, end))).toEqual([]);
    }
  });

  it('approvals count in their round: the next one begins without', () => {
    const again = [
      did('cy', 3, approved(1, 1, null)),
      did('cy', 4, sentBack(1, 1)),
      did('ann', 5, submitted(1, 2)),
    ];
    expect(open(...inReview, ...again)).toMatchObject([{ round: 2, missing: 2, approvedBy: [] }]);
  });

  it('a stricter policy of the script counts at once, a looser one only for later submissions', () => {
    const set = (requiredApprovals: number, fourEyes: boolean) =>
      did('cy', 3, {
        type: 'ReviewPolicySet',
        data: { scriptId, policy: { requiredApprovals, fourEyes } },
      });
    expect(open(...inReview, set(3, true))).toMatchObject([{ missing: 3, policy }]);
    expect(open(...inReview, set(3, true), set(0, false))).toMatchObject([{ missing: 2, fourEyes: true }]);
    expect(
      open(...inReview, did('cy', 3, { type: 'ScriptRetired', data: { scriptId, reason: null } })),
    ).toEqual([]);
  });

  it('a newer draft leaves it alone, a new name does not', () => {
    const later = [did('ann', 3, drafted(2)), did('ann', 4, renamed('Turnover'))];
    expect(open(...inReview, ...later)).toMatchObject([{ number: 1, name: 'Turnover', labels: ['new'] }]);
  });
});
