import type { EventMetadata, ScriptEvent } from '@stemma/domain/events';
import {
  type Change,
  changesBetween,
  type Json,
  type Recorded,
  type RowKey,
  rowKey,
  type RowOf,
  type Rows,
} from '@stemma/read-model';
import type { draftRows } from './authoring.tables.js';
import { authoringRows, type Sayings, scriptRows } from './authoring.tables.js';

export type OfScript = Recorded<ScriptEvent, EventMetadata>;
export type OfVersion = Recorded<Extract<ScriptEvent, { data: { versionId: string } }>, EventMetadata>;
export type DraftRow = RowOf<typeof draftRows>;
type AuthoringRow = RowOf<typeof authoringRows>;

/** What is to be said of a change beside who, when and where it stands. */
export type Told = Pick<AuthoringRow, 'action'> &
  Partial<Pick<AuthoringRow, 'number' | 'round' | 'changes' | 'note' | 'policy'>>;

/** Every change has a row of its own, and is told by what the script said before. */
export const touchesChange = ({ data: { scriptId }, revision }: OfScript): readonly RowKey[] => [
  rowKey(authoringRows, { scriptId, revision }),
  rowKey(scriptRows, { scriptId }),
];

/** Puts the row of this event. */
export function recordChange(event: OfScript, rows: Rows, told: Told): void {
  const { scriptId } = event.data;
  const { tenantId, actor, at } = event.metadata;
  rows.put(authoringRows, {
    number: null,
    round: null,
    changes: [],
    note: null,
    policy: null,
    ...told,
    tenantId,
    scriptId,
    revision: event.revision,
    position: event.position,
    slug: rows.require(scriptRows, { scriptId }).slug,
    by: actor.id,
    actorKind: actor.kind,
    at,
  });
}

/** Puts the row of an event that makes the script say something else, with what became different. */
export function recordSaying(
  event: OfScript,
  rows: Rows,
  told: Told,
  saying: (before: Sayings) => Readonly<Record<string, Json | undefined>>,
): void {
  const { scriptId } = event.data;
  const { says: before } = rows.require(scriptRows, { scriptId });
  const says = withoutAbsent({ ...before, ...saying(before) });
  rows.change(scriptRows, { scriptId }, { says });
  recordChange(event, rows, { ...told, changes: changesBetween(before, says) });
}

/** Fields that an event leaves out are not there. */
export const withoutAbsent = (fields: object): Sayings =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** The state of a version, from one to the other. */
export const stateChange = (number: number, from: string, to: string): Change => ({
  path: `/versions/${number}/state`,
  change: 'changed',
  from,
  to,
});
