import { isRejection } from '@stemma/decider';
import { pinVersion, type WantedRun } from '../run/pin-version.js';
import { type ScriptCommand, scriptDecider } from './script.decider.js';
import type { ReviewPolicy, ScriptType } from './script.events.js';
import {
  approve,
  archive,
  breakGlass,
  by,
  create,
  createOf,
  history,
  list,
  prune,
  publish,
  rollBack,
  removeTrigger,
  requestChanges,
  retire,
  save,
  type ScriptFact,
  setPolicy,
  setTrigger,
  stateAfter,
  type Step,
  submit,
  unlist,
  withdraw,
  within,
} from './script.fixtures.js';

/** A month after everything else, so that nothing is too young to be pruned. */
const LATE = '2026-12-24T00:00:00.000Z';

/** Who acts: the one who wrote version 1, or somebody else who has not had a part in it yet. */
export const PERSONS = { author: 'ann', another: 'eve' } as const;
export type Person = keyof typeof PERSONS;

export const POLICIES = {
  'one approval, four eyes': { requiredApprovals: 1, fourEyes: true },
  'two approvals, four eyes': { requiredApprovals: 2, fourEyes: true },
  'one approval, own work too': { requiredApprovals: 1, fourEyes: false },
  'no review at all': { requiredApprovals: 0, fourEyes: false },
} as const satisfies Readonly<Record<string, ReviewPolicy>>;
export type PolicyName = keyof typeof POLICIES;

type Act = readonly [person: string, step: Step];
const born: Act = ['ann', create];
const draft: readonly Act[] = [born, ['ann', save(0)]];
const reviewed: readonly Act[] = [...draft, ['ann', submit(1)]];
const approved: readonly Act[] = [...reviewed, ['bob', approve(1)], ['cid', approve(1)]];
const active: readonly Act[] = [...approved, ['bob', publish(1)]];
const second: readonly Act[] = [
  ...active,
  ['dan', save(1, 'b')],
  ['dan', submit(2)],
  ['bob', approve(2)],
  ['cid', approve(2)],
  ['bob', publish(2)],
];
const cron: readonly Act[] = [['ann', createOf('cron')], ...approved.slice(1)];

/** What stands in the stream; the commands are about its version 1. */
export const SITUATIONS: Readonly<Record<string, readonly Act[]>> = {
  'no script': [],
  'no version': [born],
  draft,
  'older draft': [...draft, ['dan', save(1, 'b')]],
  'in review': reviewed,
  approved,
  active,
  listed: [...active, ['bob', list]],
  archived: second,
  pruned: [...second, ['bob', (meta) => prune({ maxVersions: 1 })({ ...meta, at: LATE })]],
  'out of service': [...active, ['bob', archive(1)]],
  'cron, no trigger': cron,
  'cron, trigger': [...cron, ['ann', setTrigger('main', nightlyOf())]],
  retired: [...active, ['bob', retire]],
};

function nightlyOf() {
  return { kind: 'cron', expression: '0 2 * * *', timeZone: 'UTC' } as const;
}

const plain =
  (type: 'EnableScript' | 'DisableScript'): Step =>
  (meta) =>
    type === 'EnableScript' ? { type, data: {}, meta } : { type, data: { reason: null }, meta };
const rename: Step = (meta) => ({ type: 'ChangeDetails', data: { name: 'Other', baseNumber: null }, meta });
const keepTen: Step = (meta) => ({
  type: 'SetPrunePolicy',
  data: { policy: { maxVersions: 10, retentionDays: null }, baseNumber: null },
  meta,
});

/** Every command, aimed at version 1 with the base that it asks for. */
export const COMMANDS: { readonly [Type in ScriptCommand['type']]: Step } = {
  CreateScript: create,
  ChangeDetails: rename,
  SaveDraft: save(null, 'z'),
  SubmitForReview: submit(1),
  WithdrawSubmission: withdraw(1),
  RequestChanges: requestChanges(1),
  ApproveVersion: approve(1),
  PublishVersion: publish(1),
  BreakGlass: breakGlass(1),
  RollBack: rollBack(1, null),
  ArchiveVersion: archive(1),
  EnableScript: plain('EnableScript'),
  DisableScript: plain('DisableScript'),
  ListScript: list,
  UnlistScript: unlist,
  SetTrigger: setTrigger('more', { ...nightlyOf(), expression: '5 * * * *' }),
  RemoveTrigger: removeTrigger('main'),
  SetReviewPolicy: setPolicy({ requiredApprovals: 7, fourEyes: true }),
  SetPrunePolicy: keepTen,
  PruneVersions: prune({ maxVersions: 1 }),
  RetireScript: retire,
};

export interface Cell {
  readonly command: ScriptCommand['type'];
  readonly situation: string;
  readonly person: Person;
  readonly policy: PolicyName;
}

export const cells: readonly Cell[] = (Object.keys(COMMANDS) as ScriptCommand['type'][]).flatMap((command) =>
  Object.keys(SITUATIONS).flatMap((situation) =>
    (Object.keys(PERSONS) as Person[]).flatMap((person) =>
      (Object.keys(POLICIES) as PolicyName[]).map((policy) => ({ command, situation, person, policy })),
    ),
  ),
);

/** What stands in the stream in a situation, under a policy of the tenant that held all along. */
export function factsOf(situation: string, policy: PolicyName): readonly ScriptFact[] {
  const acts = SITUATIONS[situation] ?? [];
  return history(...acts.map(([person, step]): Act => [person, within(POLICIES[policy], step)]));
}

/** `events`: what is stored, none for "already so"; or the code of the refusal, with which nothing is. */
export type Outcome = { readonly events: readonly string[] } | { readonly refused: string };

export function outcomeOf({ command, situation, person, policy }: Cell): Outcome {
  const state = stateAfter(factsOf(situation, policy));
  const step = within(POLICIES[policy], COMMANDS[command]);
  try {
    const events = scriptDecider.decide(state, step({ ...by(PERSONS[person]), at: LATE }));
    return { events: events.map(({ type }) => type) };
  } catch (error) {
    if (isRejection(error)) return { refused: error.code };
    throw error;
  }
}

/** Which runs of a script are asked for: of a type, in a context, by a kind of actor. */
export interface RunCell {
  readonly type: ScriptType;
  readonly wanted: WantedRun;
  readonly situation: string;
}

const disabled: readonly Act[] = [...active, ['bob', plain('DisableScript')]];
export const RUN_SITUATIONS: Readonly<Record<string, readonly Act[]>> = {
  'no version': [born],
  draft,
  'in review': reviewed,
  approved,
  active,
  'newer active': second,
  'newer draft': [...active, ['dan', save(1, 'b')]],
  disabled,
  'out of service': [...active, ['bob', archive(1)]],
  retired: [...active, ['bob', retire]],
};

/** The number of the version that would run, or the refusal. */
export function runOutcomeOf({ type, wanted, situation }: RunCell): string {
  const acts = RUN_SITUATIONS[situation] ?? [];
  const facts = history(...acts.map(([who, step]): Act => [who, step === create ? createOf(type) : step]));
  try {
    return String(pinVersion(stateAfter(facts), wanted).number);
  } catch (error) {
    if (isRejection(error)) return error.code;
    throw error;
  }
}

/** As the table says it: `+` and what is stored, `=` for "already so", or the refusal. */
export function wordOf(outcome: Outcome): string {
  if ('refused' in outcome) return outcome.refused;
  return outcome.events.length === 0 ? '=' : '+';
}
