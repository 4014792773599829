import { type Decider, fold, isRejection } from '@stemma/decider';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Meta } from '../shared/metadata.js';
import { type ScriptCommand, scriptDecider } from './script.decider.js';
import type { ReviewPolicy, ScriptEvent, ScriptType, Trigger } from './script.events.js';
import {
  approve,
  by,
  createOf,
  publish,
  removeTrigger,
  rollBack,
  save,
  type ScriptFact,
  setPolicy,
  setTrigger,
  type Step,
  submit,
  within,
  withdraw,
} from './script.fixtures.js';
import type { Script, ScriptState } from './script.state.js';
import { sameTrigger } from './trigger-schema.js';
import { changeVersion, everyVersion } from './version-line.js';

const LOOSE: ReviewPolicy = { requiredApprovals: 0, fourEyes: false };

type ScriptDecider = Decider<ScriptState, ScriptCommand, ScriptEvent, Meta>;
type Claim = (facts: readonly ScriptFact[], type: ScriptType) => void;
/** Aimed at the version in review, else the newest. */
type Attempt = (aim: number, newest: number) => Step;

const policy: fc.Arbitrary<ReviewPolicy> = fc.record({
  requiredApprovals: fc.integer({ min: 0, max: 2 }),
  fourEyes: fc.boolean(),
});
const cronAt = (minute: number): Trigger => ({
  kind: 'cron',
  expression: `${minute} * * * *`,
  timeZone: 'UTC',
});
const trigger: fc.Arbitrary<Trigger> = fc.oneof(
  fc.integer({ min: 0, max: 3 }).map(cronAt),
  fc.constantFrom('/a', '/b').map((path): Trigger => ({ kind: 'http', method: 'POST', path })),
);
const triggerName = fc.constantFrom('one', 'two', 'three');
const always =
  (step: Step): Attempt =>
  () =>
    step;

const attempt: fc.Arbitrary<Attempt> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Attempt>((_, newest) => save(newest)) },
  { weight: 5, arbitrary: fc.constant<Attempt>((_, newest) => submit(newest)) },
  { weight: 1, arbitrary: fc.constant<Attempt>((aim) => withdraw(aim)) },
  { weight: 7, arbitrary: fc.constant<Attempt>((aim) => approve(aim)) },
  { weight: 7, arbitrary: fc.constant<Attempt>((aim) => publish(aim)) },
  { weight: 1, arbitrary: fc.constant<Attempt>((_, newest) => rollBack(Math.max(1, newest - 1), newest)) },
  { weight: 4, arbitrary: fc.option(policy).map((one) => always(setPolicy(one))) },
  { weight: 4, arbitrary: fc.tuple(triggerName, trigger).map(([name, to]) => always(setTrigger(name, to))) },
  { weight: 1, arbitrary: triggerName.map((name) => always(removeTrigger(name))) },
);

/** Who, under which policy of the tenant at that moment, tries what. */
const attempts = fc.array(fc.tuple(fc.constantFrom('ann', 'bob', 'eve'), policy, attempt), {
  minLength: 30,
  maxLength: 90,
});
const types = fc.constantFrom<ScriptType>('cron', 'http', 'one_off', 'embedded');

function live(
  type: ScriptType,
  steps: readonly (readonly [string, ReviewPolicy, Attempt])[],
  decider: ScriptDecider,
): ScriptFact[] {
  const facts: ScriptFact[] = [];
  let state = decider.initial;
  [['ann', LOOSE, always(createOf(type))] as const, ...steps].forEach(([who, terms, what], minute) => {
    const meta = by(who, minute % 60);
    const newest = state.exists ? state.versions.length : 0;
    const aim = Math.max(1, (state.exists ? state.inReview : null) ?? newest);
    const news = tried(decider, state, within(terms, what(aim, newest))(meta));
    facts.push(...news.map((event) => ({ event, meta })));
    state = fold(
      decider,
      news.map((event) => ({ event, meta })),
      state,
    );
  });
  return facts;
}

function tried(decider: ScriptDecider, state: ScriptState, command: ScriptCommand): readonly ScriptEvent[] {
  try {
    return decider.decide(state, command);
  } catch (error) {
    if (isRejection(error)) return [];
    throw error;
  }
}

const check = (claim: Claim, decider: ScriptDecider = scriptDecider) =>
  fc.check(
    fc.property(types, attempts, (type, steps) => claim(live(type, steps, decider), type)),
    { numRuns: 200, seed: 20_261_121 },
  );

interface Open {
  readonly author: string;
  readonly policy: ReviewPolicy;
  readonly approvedBy: ReadonlySet<string>;
}

const binds = ({ author, policy: bound, approvedBy }: Open, now: ReviewPolicy, publisher: string): void => {
  const others = [...approvedBy].filter((one) => !bound.fourEyes || one !== author);
  expect(others.length).toBeGreaterThanOrEqual(bound.requiredApprovals);
  expect(bound.fourEyes && publisher === author).toBe(false);
  expect(now.requiredApprovals).toBeGreaterThanOrEqual(bound.requiredApprovals);
  expect(now.fourEyes || !bound.fourEyes).toBe(true);
};

/** What binds a publish is at least what applied when the version was submitted, from the events alone. */
const neverLoosened: Claim = (facts) => {
  const authors = new Map<number, string>();
  const reviews = new Map<number, Open>();
  for (const { event, meta } of facts) {
    const person = meta.actor.id;
    if (event.type === 'DraftCreated') authors.set(event.data.number, person);
    if (event.type === 'SubmittedForReview') {
      const { number, policy: bound } = event.data;
      reviews.set(number, { author: authors.get(number) ?? '', policy: bound, approvedBy: new Set() });
    }
    if (event.type === 'VersionApproved') {
      const open = reviews.get(event.data.number);
      if (open)
        reviews.set(event.data.number, { ...open, approvedBy: new Set([...open.approvedBy, person]) });
    }
    if (event.type === 'VersionPublished') {
      // A version that came by a rollback was never submitted: its content passed before.
      const open = reviews.get(event.data.number);
      if (open) binds(open, event.data.policy, person);
    }
  }
};

/** R-A4 */
const oneActive: Claim = (facts) => {
  const active = new Set<number>();
  for (const { event } of facts) {
    if (event.type === 'VersionArchived') active.delete(event.data.number);
    if (event.type === 'VersionPublished') active.add(event.data.number);
    expect(active.size).toBeLessThanOrEqual(1);
  }
};

/** R-C3: of the script's type, each once, under one name; removed as it was set. */
const triggersAreSound: Claim = (facts, type) => {
  const set = new Map<string, Trigger>();
  for (const { event } of facts) {
    if (event.type === 'TriggerRemoved') {
      expect(set.get(event.data.name)).toEqual(event.data.trigger);
      set.delete(event.data.name);
    }
    if (event.type !== 'TriggerSet') continue;
    const { name, trigger: now } = event.data;
    expect(now.kind).toBe(type);
    expect(set.has(name)).toBe(false);
    expect([...set.values()].some((other) => sameTrigger(other, now))).toBe(false);
    set.set(name, now);
  }
};

/** What a schedule or a path runs says which before it is published. */
const publishedHasItsTrigger: Claim = (facts, type) => {
  let triggers = 0;
  let rolledBack = 0;
  for (const { event } of facts) {
    if (event.type === 'TriggerSet') triggers += 1;
    if (event.type === 'TriggerRemoved') triggers -= 1;
    if (event.type === 'DraftCreated' && event.data.origin === 'rollback') rolledBack = event.data.number;
    if (event.type !== 'VersionPublished' || event.data.number === rolledBack) continue;
    if (type === 'cron' || type === 'http') expect(triggers).toBeGreaterThan(0);
  }
};

/** As if the script were something else than it is; for some commands only. */
const forgetful = (
  forget: (script: Script) => Partial<Script>,
  forgets: (command: ScriptCommand) => boolean = () => true,
): ScriptDecider => ({
  ...scriptDecider,
  decide: (state, command) =>
    scriptDecider.decide(state.exists && forgets(command) ? { ...state, ...forget(state) } : state, command),
});
const loosened = forgetful(
  ({ versions }) => ({
    policy: LOOSE,
    versions: everyVersion(versions).reduce(
      (line, { number, review }) =>
        changeVersion(line, number, { review: review && { ...review, policy: LOOSE } }),
      versions,
    ),
  }),
  ({ type }) => type === 'PublishVersion',
);
const withoutArchiving: ScriptDecider = {
  ...scriptDecider,
  decide: (state, command) =>
    scriptDecider.decide(state, command).filter(({ type }) => type !== 'VersionArchived'),
};

const claims: readonly (readonly [says: string, claim: Claim, faulty: ScriptDecider])[] = [
  ['no policy binds a publish less than it bound the submission', neverLoosened, loosened],
  ['at most one version is active at every prefix', oneActive, withoutArchiving],
  [
    'triggers are of the type of the script, each once',
    triggersAreSound,
    forgetful(() => ({ triggers: [] })),
  ],
  [
    'what is published has its trigger',
    publishedHasItsTrigger,
    forgetful(() => ({ type: 'one_off', triggers: [] })),
  ],
];

describe('whatever three people try with policies and triggers', () => {
  it.each(claims)('%s', (_says, claim) => {
    const { failed, counterexample, errorInstance } = check(claim);
    expect({ failed, counterexample, errorInstance }).toEqual({
      failed: false,
      counterexample: null,
      errorInstance: null,
    });
  });

  it.each(claims)('a decider that breaks "%s" is caught', (_says, claim, faulty) => {
    expect(check(claim, faulty).failed).toBe(true);
  });

  it('do get somewhere: versions are published, by policies of all kinds, and triggers set', () => {
    const seen = new Map<string, number>();
    const count: Claim = (facts) =>
      facts.forEach(({ event: { type } }) => seen.set(type, (seen.get(type) ?? 0) + 1));
    check(count);
    for (const type of ['VersionPublished', 'VersionArchived', 'TriggerSet', 'ReviewPolicySet'])
      expect({ type, often: (seen.get(type) ?? 0) > 50 }).toEqual({ type, often: true });
  });
});
