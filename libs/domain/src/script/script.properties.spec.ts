import { type Decider, fold, isRejection } from '@stemma/decider';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Meta } from '../shared/metadata.js';
import { type ScriptCommand, scriptDecider } from './script.decider.js';
import type { ScriptEvent } from './script.events.js';
import {
  approve,
  archive,
  breakGlass,
  by,
  create,
  list,
  prune,
  publish,
  requestChanges,
  retire,
  rollBack,
  save,
  type ScriptFact,
  type Step,
  submit,
  unlist,
  withdraw,
} from './script.fixtures.js';
import type { Script, ScriptState } from './script.state.js';
import { changeVersion, everyVersion } from './version-line.js';

const LOOSE = { requiredApprovals: 0, fourEyes: false };

type ScriptDecider = Decider<ScriptState, ScriptCommand, ScriptEvent, Meta>;
type Claim = (facts: readonly ScriptFact[]) => void;

/** What somebody tries, given the newest number: aimed near it, so that lives get far. */
type Attempt = (newest: number) => Step;

const person = fc.constantFrom('ann', 'bob', 'eve');
const offset = fc.constantFrom(0, 0, 0, 0, 1, 2, -1);
const base = fc.constantFrom(0, 0, 0, 1, null);

const near = (act: (number: number) => Step) =>
  offset.map(
    (back): Attempt =>
      (newest) =>
        act(Math.max(1, newest - back)),
  );
const on = (newest: number, back: number | null) => (back === null ? null : Math.max(0, newest - back));

const attempt: fc.Arbitrary<Attempt> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(base, fc.constantFrom('a', 'b', 'c')).map(
      ([back, content]): Attempt =>
        (newest) =>
          save(on(newest, back), content),
    ),
  },
  { weight: 4, arbitrary: near(submit) },
  { weight: 1, arbitrary: near(withdraw) },
  { weight: 5, arbitrary: near((number) => approve(number)) },
  { weight: 1, arbitrary: near((number) => requestChanges(number)) },
  { weight: 5, arbitrary: near(publish) },
  { weight: 1, arbitrary: near((number) => breakGlass(number)) },
  { weight: 1, arbitrary: near(archive) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Attempt>(...[list, list, unlist, retire].map((step) => () => step)),
  },
  { weight: 1, arbitrary: fc.constant<Attempt>(() => prune({ maxVersions: 2 })) },
  {
    weight: 2,
    arbitrary: fc.tuple(offset, base).map(
      ([to, back]): Attempt =>
        (newest) =>
          rollBack(Math.max(1, newest - to), on(newest, back)),
    ),
  },
);

const attempts = fc.array(fc.tuple(person, attempt), { minLength: 20, maxLength: 80 });

const newestOf = (state: ScriptState): number => (state.exists ? state.versions.length : 0);

function tryStep(decider: ScriptDecider, state: ScriptState, what: Step, meta: Meta): readonly ScriptEvent[] {
  try {
    return decider.decide(state, what(meta));
  } catch (error) {
    if (isRejection(error)) return [];
    throw error;
  }
}

/** What stands in the stream after three people tried `steps`, each refused or not. */
function live(steps: readonly (readonly [string, Attempt])[], decider = scriptDecider): ScriptFact[] {
  const facts: ScriptFact[] = [];
  let state = decider.initial;
  [['ann', () => create] as const, ...steps].forEach(([who, what], minute) => {
    const meta = by(who, minute % 60);
    const news = tryStep(decider, state, what(newestOf(state)), meta).map((event) => ({ event, meta }));
    facts.push(...news);
    state = fold(decider, news, state);
  });
  return facts;
}

const check = (claim: Claim, decider?: ScriptDecider) =>
  fc.check(
    fc.property(attempts, (steps) => claim(live(steps, decider))),
    { numRuns: 300, seed: 20_261_121 },
  );

/** R-A4, from the events alone, so that the claim does not lean on the fold it judges. */
const oneActive: Claim = (facts) => {
  const active = new Set<number>();
  let expected = 0;
  for (const { event } of facts) {
    if (event.type === 'VersionPublished') active.add(event.data.number);
    if (event.type === 'VersionArchived') active.delete(event.data.number);
    if (event.type === 'VersionPublished') expected = 1;
    if (event.type === 'VersionArchived' && event.data.supersededBy === null) expected = 0;
    expect(active.size).toBeLessThanOrEqual(1);
    if (event.type !== 'VersionArchived') expect(active.size).toBe(expected);
  }
};

/** DESIGN §3: the end is the end. */
const nothingAfterTheEnd: Claim = (facts) => {
  const end = facts.findIndex(({ event }) => event.type === 'ScriptRetired');
  expect(end === -1 ? facts.length - 1 : end).toBe(facts.length - 1);
};

/** R-A13, at every end of an append; events of one append share their metadata. */
const listedIsRunnable: Claim = (facts) => {
  let listed = false;
  let active = false;
  facts.forEach(({ event, meta }, index) => {
    if (event.type === 'ScriptListed' || event.type === 'ScriptUnlisted')
      listed = event.type === 'ScriptListed';
    if (event.type === 'VersionPublished' || event.type === 'VersionArchived')
      active = event.type === 'VersionPublished';
    if (facts[index + 1]?.meta !== meta) expect(listed && !active).toBe(false);
  });
};

/** R-A3 */
const numbersWithoutGap: Claim = (facts) => {
  const numbers = facts.flatMap(({ event }) => (event.type === 'DraftCreated' ? [event.data.number] : []));
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
};

/** R-E7; a rollback needs no second person, for its content has passed review already. */
const fourEyes: Claim = (facts) => {
  const saved = new Map<number, string>();
  for (const { event, meta } of facts) {
    if (event.type === 'DraftCreated' && event.data.origin === 'saved')
      saved.set(event.data.number, meta.actor.id);
    if (event.type === 'VersionApproved' || event.type === 'VersionPublished') {
      expect(meta.actor.id).not.toBe(saved.get(event.data.number));
    }
  }
};

/** Whatever is active was looked at by somebody, byte for byte, or says that it was an emergency. */
const onlyReviewedContent: Claim = (facts) => {
  const approved = new Set<string>();
  for (const { event } of facts) {
    if (event.type === 'VersionApproved') approved.add(event.data.contentHash);
    if (event.type !== 'VersionPublished') continue;
    if (event.data.breakGlass) approved.add(event.data.contentHash);
    expect(approved).toContain(event.data.contentHash);
  }
};

const broken = (spoil: (events: readonly ScriptEvent[]) => readonly ScriptEvent[]): ScriptDecider => ({
  ...scriptDecider,
  decide: (state, command) => spoil(scriptDecider.decide(state, command)),
});

const stranger = by('nobody').actor;

/** As if the script were what it was before the last thing that is said of it. */
const forgetful = (forget: Partial<Script>): ScriptDecider => ({
  ...scriptDecider,
  decide: (state, command) => scriptDecider.decide(state.exists ? { ...state, ...forget } : state, command),
});

const claims: readonly (readonly [says: string, claim: Claim, faulty: ScriptDecider])[] = [
  [
    'at most one version is active at every prefix, and none only on purpose',
    oneActive,
    broken((events) => events.filter(({ type }) => type !== 'VersionArchived')),
  ],
  [
    'numbers are 1, 2, 3 … without a gap',
    numbersWithoutGap,
    broken((events) =>
      events.map((event) =>
        event.type === 'DraftCreated' && event.data.number > 1
          ? { ...event, data: { ...event.data, number: 1 } }
          : event,
      ),
    ),
  ],
  ['nothing follows the end of a script', nothingAfterTheEnd, forgetful({ retired: false })],
  ['what is listed can be run', listedIsRunnable, forgetful({ listed: false })],
  [
    'nobody approves or publishes what he saved',
    fourEyes,
    {
      ...scriptDecider,
      decide: (state, command) =>
        scriptDecider.decide(state, { ...command, meta: { ...command.meta, actor: stranger } }),
    },
  ],
  [
    'only content that somebody approved is ever active',
    onlyReviewedContent,
    {
      ...scriptDecider,
      decide: (state, command) =>
        scriptDecider.decide(
          state.exists
            ? {
                ...state,
                policy: LOOSE,
                versions: everyVersion(state.versions).reduce(
                  (line, { number, review }) =>
                    changeVersion(line, number, { review: review && { ...review, policy: LOOSE } }),
                  state.versions,
                ),
              }
            : state,
          command,
        ),
    },
  ],
];

describe('whatever three people try on a script', () => {
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

  it('deciding a command twice equals deciding it once: the second adds nothing or is refused', () => {
    fc.assert(
      fc.property(attempts, person, attempt, (steps, who, what) => {
        const meta = by(who, 59);
        const state = fold(scriptDecider, live(steps));
        const step = what(newestOf(state));
        const first = tryStep(scriptDecider, state, step, meta).map((event) => ({ event, meta }));
        const { data } = step(meta);
        // Without a base in the body it is the ETag that refuses the second one: see the handler's specs.
        fc.pre(!('baseNumber' in data) || data.baseNumber !== null);
        expect(tryStep(scriptDecider, fold(scriptDecider, first, state), step, meta)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
