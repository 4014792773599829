import { specify } from '@stemma/decider';
import { describe, expect, it } from '@jest/globals';
import { prunePolicySchema } from './prune-policy.js';
import { scriptDecider } from './script.decider.js';
import type { ScriptEvent, Trigger } from './script.events.js';
import {
  approve,
  archive,
  breakGlass,
  by,
  create,
  created,
  createOf,
  drafted,
  hashOf,
  history,
  list,
  prune,
  published,
  publish,
  removeTrigger,
  retire,
  rollBack,
  save,
  type ScriptFact,
  secondPublished,
  setPolicy,
  setTrigger,
  stateAfter,
  type Step,
  submit,
  submitted,
  unlist,
  within,
} from './script.fixtures.js';
import { setTriggerSchema } from './set-trigger.js';
import { versionAt } from './version-line.js';

const { given } = specify(scriptDecider);
const ann = by('ann', 30);
const bob = by('bob', 31);
const nightly: Trigger = { kind: 'cron', expression: '0 2 * * *', timeZone: 'Europe/Berlin' };
const hook: Trigger = { kind: 'http', method: 'POST', path: '/hooks/sales' };
const LOOSE = { requiredApprovals: 0, fourEyes: false };
const STRICT = { requiredApprovals: 2, fourEyes: true };

/** What one step of bob's adds to `sofar`. */
function facts(sofar: readonly ScriptFact[], step: Step) {
  const meta = by('bob', 29);
  return scriptDecider.decide(stateAfter(sofar), step(meta)).map((event): ScriptFact => ({ event, meta }));
}

describe('R-A13 listing', () => {
  it('shows a script with an active version, and one without only once it has one', () => {
    given(...published)
      .when(list(bob))
      .thenTypes('ScriptListed');
    given(...drafted)
      .when(list(bob))
      .thenRejected('no-active-version');
  });

  it('is said once, either way', () => {
    const listed = [...published, ...facts(published, list)];
    given(...listed)
      .when(list(bob))
      .thenNothing();
    given(...listed)
      .when(unlist(bob))
      .thenTypes('ScriptUnlisted');
    given(...published)
      .when(unlist(bob))
      .thenNothing();
  });

  it('ends with the only active version, in one append', () => {
    const listed = [...published, ...facts(published, list)];
    given(...listed)
      .when(archive(1)(bob))
      .thenTypes('VersionArchived', 'ScriptUnlisted');
    given(...published)
      .when(archive(1)(bob))
      .thenTypes('VersionArchived');
    given(...submitted)
      .when(archive(1)(bob))
      .thenRejected('version-not-active');
    given(...secondPublished)
      .when(archive(1)(bob))
      .thenNothing();
  });
});

describe('R-C3 triggers', () => {
  const cron = history(['ann', createOf('cron')]);
  const http = history(['ann', createOf('http')]);

  it('are of the kind that the type of the script says', () => {
    given(...cron)
      .when(setTrigger('nightly', nightly)(ann))
      .thenTypes('TriggerSet');
    given(...http)
      .when(setTrigger('hook', hook)(ann))
      .thenTypes('TriggerSet');
    given(...cron)
      .when(setTrigger('hook', hook)(ann))
      .thenRejected('trigger-not-of-type');
    given(...created)
      .when(setTrigger('nightly', nightly)(ann))
      .thenRejected('trigger-not-of-type');
  });

  it('change by being removed first, and are the same only once', () => {
    const set = [...cron, ...facts(cron, setTrigger('nightly', nightly))];
    given(...set)
      .when(setTrigger('nightly', nightly)(ann))
      .thenNothing();
    given(...set)
      .when(setTrigger('other', nightly)(ann))
      .thenRejected('trigger-exists');
    const moved: Trigger = { ...nightly, timeZone: 'UTC' };
    given(...set)
      .when(setTrigger('nightly', moved)(ann))
      .thenTypes('TriggerRemoved', 'TriggerSet');
    given(...set)
      .when(removeTrigger('nightly')(ann))
      .thenTypes('TriggerRemoved');
    given(...set)
      .when(removeTrigger('ghost')(ann))
      .thenNothing();
  });

  it('are twenty at most', () => {
    const many = Array.from({ length: 20 }, (_, minute) => setTrigger(`t${minute}`, at(minute)));
    const full = many.reduce((sofar, step) => [...sofar, ...facts(sofar, step)], cron);
    given(...full)
      .when(setTrigger('one-more', at(59))(ann))
      .thenRejected('too-many-triggers');
  });

  it('come before what they start is published', () => {
    const steps = [
      ['ann', save(0)],
      ['ann', submit(1)],
      ['bob', approve(1)],
    ] as const;
    const ready = history(['ann', createOf('cron')], ...steps);
    given(...ready)
      .when(publish(1)(bob))
      .thenRejected('trigger-required');
    given(...ready)
      .when(breakGlass(1)(bob))
      .thenRejected('trigger-required');
    given(...ready, ...facts(ready, setTrigger('nightly', nightly)))
      .when(publish(1)(bob))
      .thenTypes('VersionPublished');
  });

  const at = (minute: number): Trigger => ({ ...nightly, expression: `${minute} * * * *` });

  it.each([
    [
      { kind: 'cron', expression: ' 0  2 * * mon ' },
      { kind: 'cron', expression: '0 2 * * MON', timeZone: 'UTC' },
    ],
    [
      { kind: 'http', method: 'POST', path: '/a/b.c/' },
      { kind: 'http', method: 'POST', path: '/a/b.c' },
    ],
  ])('are kept in one spelling: %j', (trigger, kept) => {
    expect(setTriggerSchema.parse({ name: 'x', trigger }).trigger).toEqual(kept);
  });

  it.each([
    { kind: 'cron', expression: '0 2 * * *', timeZone: '+02:00' },
    { kind: 'cron', expression: '0 2 * * *', timeZone: 'Mars/Olympus' },
    { kind: 'cron', expression: '61 2 * * *', timeZone: 'UTC' },
    { kind: 'http', method: 'post', path: '/a' },
    { kind: 'http', method: 'POST', path: 'a' },
    { kind: 'http', method: 'POST', path: '/' },
    { kind: 'http', method: 'POST', path: '/a//b' },
    { kind: 'http', method: 'POST', path: '/a/../b' },
    { kind: 'http', method: 'POST', path: '/a/.' },
    { kind: 'http', method: 'POST', path: '/a/:id' },
    { kind: 'http', method: 'POST', path: '/a%2Fb' },
    { kind: 'http', method: 'POST', path: '/é' },
  ])('that mean nothing are refused: %j', (trigger) => {
    expect(setTriggerSchema.safeParse({ name: 'x', trigger }).success).toBe(false);
  });
});

describe('the review policy of a script', () => {
  it('goes before that of the tenant, and gives way to it again', () => {
    const own = [...created, ...facts(created, setPolicy(STRICT, 0))];
    given(...own)
      .when(setPolicy(STRICT, 0)(bob))
      .thenNothing();
    given(...own)
      .when(setPolicy(null, 0)(bob))
      .thenTypes('ReviewPolicySet');
    given(...own)
      .when(setPolicy(LOOSE, 7)(bob))
      .thenRejected('stale-base');
    const policyIn = (sofar: readonly ScriptFact[]) =>
      facts([...sofar, ...facts(sofar, save(0))], within(LOOSE, submit(1)))[0]?.event.data;
    expect(policyIn(own)).toMatchObject({ policy: STRICT });
    expect(policyIn(created)).toMatchObject({ policy: LOOSE });
  });

  it('made stricter counts at once; the tenant’s too', () => {
    const ready = [...submitted, ...facts(submitted, approve(1))];
    given(...ready)
      .when(within(STRICT, publish(1))(bob))
      .thenRejected('not-approved');
    given(...ready, ...facts(ready, setPolicy(STRICT, 1)))
      .when(publish(1)(bob))
      .thenRejected('not-approved');
    given(...ready)
      .when(publish(1)(bob))
      .thenTypes('VersionPublished');
  });
});

describe('R-C6 pruning', () => {
  const saves = Array.from({ length: 6 }, (_, base) => ['ann', save(base, 'abcdef'.charAt(base))] as const);
  const six = history(['ann', create], ...saves);
  const numbersIn = (events: readonly ScriptEvent[]) =>
    events.flatMap((event) =>
      event.type === 'VersionsPruned' ? event.data.versions.map((v) => v.number) : [],
    );
  const pruned = (sofar: readonly ScriptFact[], policy: object, at = '2027-01-01T00:00:00.000Z') =>
    numbersIn(scriptDecider.decide(stateAfter(sofar), prune(policy)({ ...bob, at })));

  it('keeps so many of the newest, and what is not older than so many days', () => {
    expect(pruned(six, { maxVersions: 2 })).toEqual([1, 2, 3, 4]);
    expect(pruned(six, { retentionDays: 30 })).toEqual([1, 2, 3, 4, 5]);
    expect(pruned(six, { retentionDays: 60 })).toEqual([]);
    expect(pruned(six, { maxVersions: 5, retentionDays: 60 })).toEqual([1]);
  });

  it('never takes the newest, the active one, one in review, or one archived less than a day ago', () => {
    expect(pruned(secondPublished, { maxVersions: 1 }, '2026-11-22T08:07:59.999Z')).toEqual([]);
    expect(pruned(secondPublished, { maxVersions: 1 }, '2026-11-22T08:08:00.000Z')).toEqual([1]);
    const reviewed = history(['ann', create], ['ann', save(0)], ['ann', submit(1)], ['ann', save(1, 'b')]);
    expect(pruned(reviewed, { retentionDays: 0 })).toEqual([]);
  });

  it('happens once to a version, and keeps what is known of it', () => {
    const after = [...six, ...facts(six, prune({ maxVersions: 2 }))];
    given(...after)
      .when(prune({ maxVersions: 2 })(bob))
      .thenNothing();
    expect(pruned(after, { maxVersions: 1 })).toEqual([5]);
    const state = stateAfter(after);
    expect(state.exists && versionAt(state.versions, 1)).toMatchObject({
      pruned: true,
      contentHash: hashOf('a'),
    });
  });

  it('only looks when it is run dry', () => {
    given(...six)
      .when(prune({ maxVersions: 2 }, true)(bob))
      .thenNothing();
  });

  it('leaves nothing to roll back to', () => {
    const later = { ...bob, at: '2027-01-01T00:00:00.000Z' };
    const events = scriptDecider.decide(stateAfter(secondPublished), prune({ maxVersions: 1 })(later));
    given(...secondPublished, ...events.map((event): ScriptFact => ({ event, meta: later })))
      .when(rollBack(1, 2)(bob))
      .thenRejected('content-pruned');
  });

  it('takes a thousand at once, and the rest the next time', () => {
    const drafts = Array.from({ length: 1_100 }, (_, base): ScriptFact => {
      const [draft] = six.slice(-1);
      if (draft?.event.type !== 'DraftCreated') throw new Error('the last fact is a draft');
      return { ...draft, event: { ...draft.event, data: { ...draft.event.data, number: base + 1 } } };
    });
    expect(pruned([...created, ...drafts], { maxVersions: 1 })).toHaveLength(1_000);
  });

  it('by a policy that names nothing would take nothing: it is refused', () => {
    expect(prunePolicySchema.safeParse({}).success).toBe(false);
    expect(prunePolicySchema.safeParse({ maxVersions: 0 }).success).toBe(false);
  });
});

describe('retiring', () => {
  it('leaves nothing in review, in service, in sight or triggered', () => {
    const steps = [
      ['ann', save(0)],
      ['ann', submit(1)],
      ['bob', approve(1)],
    ] as const;
    const busy = [setTrigger('nightly', nightly), publish(1), list, save(1, 'b'), submit(2)].reduce(
      (sofar, step) => [...sofar, ...facts(sofar, step)],
      history(['ann', createOf('cron')], ...steps),
    );
    given(...busy)
      .when(retire(ann))
      .thenTypes(
        'SubmissionWithdrawn',
        'VersionArchived',
        'ScriptUnlisted',
        'TriggerRemoved',
        'ScriptRetired',
      );
  });

  it('is terminal: the slug is refused for ever, and retiring again changes nothing', () => {
    const retired = [...published, ...facts(published, retire)];
    given(...retired)
      .when(retire(ann))
      .thenNothing();
    for (const step of [create, save(1), publish(1), list, setPolicy(null, 1), prune({ maxVersions: 1 })]) {
      given(...retired)
        .when(step(bob))
        .thenRejected('slug-retired');
    }
    given().when(retire(ann)).thenRejected('script-not-found');
  });
});
