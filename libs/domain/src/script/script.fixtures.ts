import { type Fact, fold } from '@stemma/decider';
import { scriptIdOf } from '../shared/ids.js';
import type { Meta } from '../shared/metadata.js';
import { type ScriptCommand, scriptDecider } from './script.decider.js';
import type {
  PrunePolicy,
  ReviewPolicy,
  ScriptDetails,
  ScriptEvent,
  ScriptType,
  Trigger,
} from './script.events.js';
import type { ScriptState } from './script.state.js';

const tenantId = '7b1f3a52-3d1e-5b0a-9c55-000000000001';
export const slug = 'clean-sales';
export const scriptId = scriptIdOf(tenantId, slug);

export type ScriptFact = Fact<ScriptEvent, Meta>;
export type Step = (meta: Meta) => ScriptCommand;

/** The metadata of something `person` does at minute `minute` of one morning. */
export const by = (person: string, minute = 0): Meta => ({
  tenantId,
  actor: { kind: 'user', id: person, via: `key-of-${person}` },
  at: `2026-11-21T08:${String(minute).padStart(2, '0')}:00.000Z`,
});

export const hashOf = (letter: string): string => letter.repeat(64);

export const details = {
  name: 'Clean sales',
  description: '',
  labels: [],
  intents: [],
  languageCodes: [],
  embeddingKey: null,
} satisfies ScriptDetails;

export const createOf =
  (type: ScriptType): Step =>
  (meta) => ({
    type: 'CreateScript',
    data: {
      slug,
      kind: 'code',
      type,
      details,
    },
    meta,
  });

export const create = createOf('one_off');

export const save =
  (baseNumber: number | null, content = 'a'): Step =>
  (meta) => ({
    type: 'SaveDraft',
    data: { baseNumber, contentHash: hashOf(content), changeSummary: null },
    meta,
  });

export const submit =
  (number: number): Step =>
  (meta) => ({ type: 'SubmitForReview', data: { number }, meta });
export const withdraw =
  (number: number): Step =>
  (meta) => ({ type: 'WithdrawSubmission', data: { number }, meta });
export const publish =
  (number: number): Step =>
  (meta) => ({ type: 'PublishVersion', data: { number }, meta });

export const approve =
  (number: number, reviewNote: string | null = null): Step =>
  (meta) => ({ type: 'ApproveVersion', data: { number, reviewNote }, meta });

export const requestChanges =
  (number: number, reviewNote = 'name the columns'): Step =>
  (meta) => ({ type: 'RequestChanges', data: { number, reviewNote }, meta });

export const rollBack =
  (number: number, baseNumber: number | null): Step =>
  (meta) => ({ type: 'RollBack', data: { number, baseNumber, changeSummary: null }, meta });

export const archive =
  (number: number): Step =>
  (meta) => ({ type: 'ArchiveVersion', data: { number }, meta });

export const breakGlass =
  (number: number, reason = 'the till stands still'): Step =>
  (meta) => ({ type: 'BreakGlass', data: { number, reason }, meta });

export const list: Step = (meta) => ({ type: 'ListScript', data: {}, meta });
export const unlist: Step = (meta) => ({ type: 'UnlistScript', data: {}, meta });

export const retire: Step = (meta) => ({ type: 'RetireScript', data: { reason: 'superseded' }, meta });

export const setPolicy =
  (policy: ReviewPolicy | null, baseNumber: number | null = null): Step =>
  (meta) => ({ type: 'SetReviewPolicy', data: { policy, baseNumber }, meta });

export const setTrigger =
  (name: string, trigger: Trigger): Step =>
  (meta) => ({ type: 'SetTrigger', data: { name, trigger }, meta });

export const removeTrigger =
  (name: string): Step =>
  (meta) => ({ type: 'RemoveTrigger', data: { name }, meta });

export const prune =
  (policy: Partial<PrunePolicy>, dryRun = false): Step =>
  (meta) => ({
    type: 'PruneVersions',
    data: { maxVersions: null, retentionDays: null, ...policy, dryRun },
    meta,
  });

/** The same, asked for by a tenant whose own policy this is. */
export const within =
  (reviewPolicy: ReviewPolicy, step: Step): Step =>
  (meta) => ({ ...step(meta), tenant: { suspended: false, reviewPolicy } });

/** What stands in the stream after each of `steps` was decided in turn. */
export function history(...steps: readonly (readonly [person: string, step: Step])[]): ScriptFact[] {
  const facts: ScriptFact[] = [];
  steps.forEach(([person, step], minute) => {
    const meta = by(person, minute);
    const events = scriptDecider.decide(stateAfter(facts), step(meta));
    facts.push(...events.map((event) => ({ event, meta })));
  });
  return facts;
}

export const stateAfter = (facts: readonly ScriptFact[]): ScriptState => fold(scriptDecider, facts);

export const created = history(['ann', create]);
export const drafted = history(['ann', create], ['ann', save(0)]);
export const submitted = history(['ann', create], ['ann', save(0)], ['ann', submit(1)]);
export const approved = history(['ann', create], ['ann', save(0)], ['ann', submit(1)], ['bob', approve(1)]);
export const published = history(
  ['ann', create],
  ['ann', save(0)],
  ['ann', submit(1)],
  ['bob', approve(1)],
  ['bob', publish(1)],
);
export const secondPublished = history(
  ['ann', create],
  ['ann', save(0)],
  ['ann', submit(1)],
  ['bob', approve(1)],
  ['bob', publish(1)],
  ['ann', save(1, 'b')],
  ['ann', submit(2)],
  ['bob', approve(2)],
  ['bob', publish(2)],
);
