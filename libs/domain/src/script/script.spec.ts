import { specify } from '@stemma/decider';
import { describe, expect, it } from '@jest/globals';
import { versionIdOf } from '../shared/ids.js';
import { scriptDecider } from './script.decider.js';
import {
  approve,
  approved,
  by,
  create,
  created,
  details,
  drafted,
  hashOf,
  history,
  publish,
  published,
  requestChanges,
  rollBack,
  save,
  scriptId,
  secondPublished,
  slug,
  submit,
  submitted,
  withdraw,
} from './script.fixtures.js';
import { DEFAULT_REVIEW_POLICY } from './review-policy.js';

const { given } = specify(scriptDecider);
const ann = by('ann', 30);
const bob = by('bob', 31);
const v = (number: number) => ({ scriptId, versionId: versionIdOf(scriptId, number), number });
const policy = DEFAULT_REVIEW_POLICY;

describe('creating a script', () => {
  it('records its identity', () => {
    given()
      .when(create(ann))
      .then([
        {
          type: 'ScriptCreated',
          data: {
            scriptId,
            slug,
            kind: 'code',
            type: 'one_off',
            details,
          },
        },
      ]);
  });

  it('is refused when the slug is taken', () =>
    given(...created)
      .when(create(bob))
      .thenRejected('script-exists'));
});

describe('changing details', () => {
  const rename = {
    type: 'ChangeDetails' as const,
    data: { name: 'Tidy sales', baseNumber: null },
    meta: ann,
  };

  it('records the details whole (HAZARDS T2)', () => {
    given(...created)
      .when(rename)
      .then([
        {
          type: 'ScriptDetailsChanged',
          data: { scriptId, details: { ...details, name: 'Tidy sales' } },
        },
      ]);
  });

  it('to what they are already changes nothing', () =>
    given(...created)
      .when({ ...rename, data: { name: 'Clean sales', baseNumber: null } })
      .thenNothing());

  it('T16 publishes nothing as a side effect', () =>
    given(...approved)
      .when(rename)
      .thenTypes('ScriptDetailsChanged'));
});

describe('saving a draft', () => {
  it('makes version 1 of a script without versions (R-A1)', () => {
    given(...created)
      .when(save(0)(ann))
      .then([
        {
          type: 'DraftCreated',
          data: {
            ...v(1),
            contentHash: hashOf('a'),
            derivedFromVersionId: null,
            origin: 'saved',
            changeSummary: null,
            sameContentAs: null,
          },
        },
      ]);
  });

  it('makes the next number and names its ancestor (R-A2, R-A7)', () => {
    given(...drafted)
      .when(save(1, 'b')(ann))
      .then([
        {
          type: 'DraftCreated',
          data: {
            ...v(2),
            contentHash: hashOf('b'),
            derivedFromVersionId: v(1).versionId,
            origin: 'saved',
            changeSummary: null,
            sameContentAs: null,
          },
        },
      ]);
  });

  it('T4 of content seen before still makes a new version, and names the newest one with it', () => {
    const back = history(
      ['ann', create],
      ['ann', save(0, 'a')],
      ['ann', save(1, 'b')],
      ['ann', save(2, 'a')],
    );
    expect(back.at(-1)?.event).toMatchObject({ type: 'DraftCreated', data: { number: 3, sameContentAs: 1 } });
  });

  it('T5 on a base that is not the newest version is refused, with the current one', () => {
    const { when } = given(...drafted);
    when(save(0)(ann)).thenRejected('stale-base');
    when(save(7)(ann)).thenRejected('stale-base');
  });

  it('of an unknown script is refused', () => given().when(save(0)(ann)).thenRejected('script-not-found'));
});

describe('submitting for review', () => {
  it('opens a round under the policy of the moment', () =>
    given(...drafted)
      .when(submit(1)(ann))
      .then([{ type: 'SubmittedForReview', data: { ...v(1), round: 1, policy } }]));

  it('twice is once', () =>
    given(...submitted)
      .when(submit(1)(ann))
      .thenNothing());

  it('is refused for a version that is not the head draft', () =>
    given(...drafted, ...history(['ann', create], ['ann', save(0)], ['ann', save(1, 'b')]).slice(2))
      .when(submit(1)(ann))
      .thenRejected('not-head-draft'));

  it('is refused while another version is in review', () =>
    given(...history(['ann', create], ['ann', save(0)], ['ann', submit(1)], ['ann', save(1, 'b')]))
      .when(submit(2)(ann))
      .thenRejected('review-in-progress'));

  it('is refused for an active version and for one that does not exist', () => {
    given(...published)
      .when(submit(1)(ann))
      .thenRejected('version-not-draft');
    given(...published)
      .when(submit(2)(ann))
      .thenRejected('version-not-found');
  });

  it('a newer draft leaves the review alone', () =>
    given(...history(['ann', create], ['ann', save(0)], ['ann', submit(1)], ['ann', save(1, 'b')]))
      .when(approve(1)(bob))
      .thenTypes('VersionApproved'));
});

describe('reviewing', () => {
  it('an approval names the round and the content that was looked at', () =>
    given(...submitted)
      .when(approve(1, 'reads well')(bob))
      .then([
        {
          type: 'VersionApproved',
          data: { ...v(1), round: 1, contentHash: hashOf('a'), reviewNote: 'reads well' },
        },
      ]));

  it('T8 the author cannot approve', () =>
    given(...submitted)
      .when(approve(1)(ann))
      .thenRejected('four-eyes'));

  it('the same person approves once in a round', () =>
    given(...approved)
      .when(approve(1)(bob))
      .thenNothing());

  it('T7 a request for changes keeps its words and makes the version a draft again', () => {
    given(...submitted)
      .when(requestChanges(1, 'name the columns')(bob))
      .then([{ type: 'ChangesRequested', data: { ...v(1), round: 1, reviewNote: 'name the columns' } }]);
    const back = history(['ann', create], ['ann', save(0)], ['ann', submit(1)], ['bob', requestChanges(1)]);
    given(...back)
      .when(submit(1)(ann))
      .thenTypes('SubmittedForReview');
  });

  it('approvals of an earlier round do not count', () => {
    const again = history(
      ['ann', create],
      ['ann', save(0)],
      ['ann', submit(1)],
      ['bob', approve(1)],
      ['ann', withdraw(1)],
      ['ann', submit(1)],
    );
    given(...again)
      .when(publish(1)(bob))
      .thenRejected('not-approved');
  });

  it('needs a version in review', () => {
    given(...drafted)
      .when(approve(1)(bob))
      .thenRejected('version-not-in-review');
    given(...published)
      .when(requestChanges(1)(bob))
      .thenRejected('version-not-in-review');
    given(...published)
      .when(withdraw(1)(bob))
      .thenRejected('version-not-in-review');
    given(...drafted)
      .when(withdraw(1)(ann))
      .thenNothing();
  });
});

describe('publishing', () => {
  const publishedEvent = (number: number, content: string) => ({
    type: 'VersionPublished' as const,
    data: { ...v(number), contentHash: hashOf(content), policy },
  });

  it('makes the approved version the active one', () =>
    given(...approved)
      .when(publish(1)(bob))
      .then([publishedEvent(1, 'a')]));

  it('T6 archives the old active version in the same append', () =>
    given(...secondPublished.slice(0, -2))
      .when(publish(2)(bob))
      .then([
        {
          type: 'VersionArchived',
          data: { ...v(1), supersededBy: { versionId: v(2).versionId, number: 2 } },
        },
        publishedEvent(2, 'b'),
      ]));

  it('T8 the author cannot publish either', () =>
    given(...approved)
      .when(publish(1)(ann))
      .thenRejected('four-eyes'));

  it('needs the approvals, and a review', () => {
    given(...submitted)
      .when(publish(1)(bob))
      .thenRejected('not-approved');
    given(...drafted)
      .when(publish(1)(bob))
      .thenRejected('version-not-in-review');
  });

  it('an older number than the active one asks for a rollback', () =>
    given(...secondPublished)
      .when(publish(1)(bob))
      .thenRejected('use-rollback'));

  it('the active version is already so', () =>
    given(...published)
      .when(publish(1)(bob))
      .thenNothing());
});

describe('rolling back', () => {
  it('makes a new active version of once active content, in one append, without a new review (R-A7)', () =>
    given(...secondPublished)
      .when(rollBack(1, 2)(ann))
      .then([
        {
          type: 'DraftCreated',
          data: {
            ...v(3),
            contentHash: hashOf('a'),
            derivedFromVersionId: v(1).versionId,
            origin: 'rollback',
            changeSummary: null,
            sameContentAs: 1,
          },
        },
        {
          type: 'VersionArchived',
          data: { ...v(2), supersededBy: { versionId: v(3).versionId, number: 3 } },
        },
        { type: 'VersionPublished', data: { ...v(3), contentHash: hashOf('a'), policy } },
      ]));

  it('is refused for a version that was never active, on a stale base, and for an unknown one', () => {
    const { when } = given(...secondPublished);
    when(rollBack(1, 1)(ann)).thenRejected('stale-base');
    when(rollBack(9, 2)(ann)).thenRejected('version-not-found');
    given(...drafted)
      .when(rollBack(1, 1)(ann))
      .thenRejected('version-never-active');
  });

  it('to the active version is already so', () =>
    given(...published)
      .when(rollBack(1, 1)(ann))
      .thenNothing());
});

describe('enabling and disabling', () => {
  const disable = { type: 'DisableScript' as const, data: { reason: 'wrong totals' }, meta: ann };
  const enable = { type: 'EnableScript' as const, data: {}, meta: ann };
  const off = { event: { type: 'ScriptDisabled' as const, data: { scriptId, reason: null } }, meta: ann };

  it('a script is born enabled and can be switched off and on', () => {
    given(...created)
      .when(enable)
      .thenNothing();
    given(...created)
      .when(disable)
      .then([{ type: 'ScriptDisabled', data: { scriptId, reason: 'wrong totals' } }]);
    given(...created, off)
      .when(disable)
      .thenNothing();
    given(...created, off)
      .when(enable)
      .then([{ type: 'ScriptEnabled', data: { scriptId } }]);
  });
});
