import { specify } from '@stemma/decider';
import { describe, expect, it } from '@jest/globals';
import type { Meta } from '../shared/metadata.js';
import { scriptDecider } from './script.decider.js';
import {
  approve,
  approved,
  breakGlass,
  by,
  create,
  drafted,
  history,
  publish,
  requestChanges,
  save,
  type ScriptFact,
  setPolicy,
  stateAfter,
  type Step,
  submit,
  submitted,
  withdraw,
  within,
} from './script.fixtures.js';

const { given } = specify(scriptDecider);
const ann = by('ann', 40);
const bob = by('bob', 41);
const LOOSE = { requiredApprovals: 0, fourEyes: false };

/** `sofar`, and what each step makes of it. */
const going = (sofar: readonly ScriptFact[], ...steps: readonly (readonly [Meta, Step])[]) =>
  steps.reduce<readonly ScriptFact[]>((facts, [meta, step]) => {
    const events = scriptDecider.decide(stateAfter(facts), step(meta));
    return [...facts, ...events.map((event): ScriptFact => ({ event, meta }))];
  }, sofar);

const spelled = (id: string): Meta => ({ ...ann, actor: { ...ann.actor, id } });

describe('R-E7 nobody approves or publishes their own version', () => {
  it('with another key of theirs, or as a service', () => {
    const otherKey: Meta = { ...ann, actor: { kind: 'service', id: 'ann', via: 'another key' } };
    given(...submitted)
      .when(approve(1)(otherKey))
      .thenRejected('four-eyes');
    given(...approved)
      .when(publish(1)(otherKey))
      .thenRejected('four-eyes');
  });

  it('with both roles: whoever may review and publish still has not written it', () => {
    given(...approved)
      .when(publish(1)(ann))
      .thenRejected('four-eyes');
    given(...approved)
      .when(publish(1)(bob))
      .thenTypes('VersionPublished');
  });

  it.each(['Ann', 'ANN', 'ａｎｎ', 'ᵃⁿⁿ'])('spelled %s', (twin) => {
    given(...submitted)
      .when(approve(1)(spelled(twin)))
      .thenRejected('four-eyes');
    given(...approved)
      .when(publish(1)(spelled(twin)))
      .thenRejected('four-eyes');
    given(...drafted)
      .when(breakGlass(1)(spelled(twin)))
      .thenRejected('four-eyes');
  });

  it('after loosening the policy between submit and publish, of the script or of the tenant', () => {
    const loosened = going(approved, [ann, setPolicy(LOOSE, 1)]);
    given(...loosened)
      .when(publish(1)(ann))
      .thenRejected('four-eyes');
    given(...approved)
      .when(within(LOOSE, publish(1))(ann))
      .thenRejected('four-eyes');
    given(...going(submitted, [ann, setPolicy(LOOSE, 1)]))
      .when(publish(1)(bob))
      .thenRejected('not-approved');
  });

  it('by breaking the glass', () => {
    given(...drafted)
      .when(breakGlass(1)(ann))
      .thenRejected('four-eyes');
    given(...approved)
      .when(breakGlass(1)(ann))
      .thenRejected('four-eyes');
  });

  it('by approving under a policy that allowed it, which then got stricter', () => {
    const ownApproval = going(
      history(['ann', create], ['ann', save(0)]),
      [ann, within({ requiredApprovals: 1, fourEyes: false }, submit(1))],
      [ann, within({ requiredApprovals: 1, fourEyes: false }, approve(1))],
    );
    given(...ownApproval)
      .when(publish(1)(bob))
      .thenRejected('not-approved');
  });
});

describe('an approval', () => {
  it('is of one version: a newer draft has none', () => {
    const newer = going(approved, [ann, withdraw(1)], [ann, save(1, 'b')], [ann, submit(2)]);
    given(...newer)
      .when(publish(2)(bob))
      .thenRejected('not-approved');
  });

  it('is of one round: what is submitted again has none', () => {
    const again = going(approved, [ann, withdraw(1)], [ann, submit(1)]);
    given(...again)
      .when(publish(1)(bob))
      .thenRejected('not-approved');
    const changed = going(approved, [bob, requestChanges(1)], [ann, submit(1)]);
    given(...changed)
      .when(publish(1)(bob))
      .thenRejected('not-approved');
  });

  it('counts once for a person, however often and however spelled it is given', () => {
    given(...approved)
      .when(approve(1)(spelled('BOB')))
      .thenNothing();
    const two = { requiredApprovals: 2, fourEyes: true };
    given(...approved)
      .when(within(two, publish(1))(by('cid')))
      .thenRejected('not-approved');
  });

  it('counts as it was given: who may review is asked when it is given, not when it is used', () => {
    given(...approved)
      .when(publish(1)(by('cid')))
      .thenTypes('VersionPublished');
    expect(stateAfter(approved)).toMatchObject({ inReview: 1 });
  });
});
