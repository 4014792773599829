import type { EventMetadata, ScriptEvent } from '@stemma/domain/events';
import type { Handler, Json, Recorded } from '@stemma/read-model';
import { recordChange, recordSaying, type Told, touchesChange as touches } from './record-change.js';
import type { Sayings } from './authoring.tables.js';

type Handlers<Type extends ScriptEvent['type']> = {
  readonly [T in Type]: Handler<Recorded<Extract<ScriptEvent, { readonly type: T }>, EventMetadata>>;
};

/** A handler of an event that makes the script say something else. */
const says = <E extends ScriptEvent>(
  told: (data: E['data']) => Told,
  saying: (data: E['data'], before: Sayings) => Readonly<Record<string, Json | undefined>>,
): Handler<Recorded<E, EventMetadata>> => ({
  touches,
  apply: (event, rows) => recordSaying(event, rows, told(event.data), (before) => saying(event.data, before)),
});

const triggersOf = ({ triggers }: Sayings) => triggers as Readonly<Record<string, Json>>;

/** What every script says before anybody governs it. */
export const ungoverned = {
  enabled: true,
  listed: false,
  triggers: {},
  reviewPolicy: null,
  prunePolicy: null,
  retired: false,
} as const satisfies Sayings;

type Governed =
  | 'ScriptListed'
  | 'ScriptUnlisted'
  | 'TriggerSet'
  | 'TriggerRemoved'
  | 'ReviewPolicySet'
  | 'PrunePolicySet'
  | 'VersionsPruned'
  | 'ScriptRetired';

/** How a script is governed: who sees it, what starts it, by which rules, and its end. */
export const governance: Handlers<Governed> = {
  ScriptListed: says(
    () => ({ action: 'list' }),
    () => ({ listed: true }),
  ),
  ScriptUnlisted: says(
    () => ({ action: 'unlist' }),
    () => ({ listed: false }),
  ),
  TriggerSet: says(
    () => ({ action: 'set-trigger' }),
    ({ name, trigger }, before) => ({ triggers: { ...triggersOf(before), [name]: { ...trigger } } }),
  ),
  TriggerRemoved: says(
    () => ({ action: 'remove-trigger' }),
    ({ name }, before) => {
      const { [name]: _removed, ...triggers } = triggersOf(before);
      return { triggers };
    },
  ),
  ReviewPolicySet: says(
    () => ({ action: 'set-review-policy' }),
    ({ policy }) => ({ reviewPolicy: policy && { ...policy } }),
  ),
  PrunePolicySet: says(
    () => ({ action: 'set-prune-policy' }),
    ({ policy }) => ({ prunePolicy: policy && { ...policy } }),
  ),
  VersionsPruned: {
    touches,
    apply: (event, rows) => {
      const changes = event.data.versions.map(
        ({ number, contentHash }) =>
          ({ path: `/versions/${number}/content`, change: 'removed', from: contentHash }) as const,
      );
      recordChange(event, rows, { action: 'prune', changes });
    },
  },
  ScriptRetired: says(
    ({ reason }) => ({ action: 'retire', note: reason }),
    () => ({ retired: true }),
  ),
};
