import type { EventMetadata, VersionArchived, VersionPublished } from '@stemma/domain/events';
import {
  changesBetween,
  type Recorded,
  type RowKey,
  rowKey,
  type RowOf,
  type Rows,
} from '@stemma/read-model';
import { activationRows, draftRows, scriptRows } from './authoring.tables.js';
import { type DraftRow, type OfVersion, recordChange, stateChange, touchesChange } from './record-change.js';

type Published = Recorded<VersionPublished, EventMetadata>;
type Archived = Recorded<VersionArchived, EventMetadata>;
type How = RowOf<typeof activationRows>['how'];

export const touchesActivation = (event: OfVersion): readonly RowKey[] => {
  const { scriptId, number, versionId } = event.data;
  return [
    ...touchesChange(event),
    rowKey(activationRows, { scriptId, number }),
    rowKey(draftRows, { scriptId, versionId }),
  ];
};

/** A version becomes the active one: after review, in an emergency, or again by a rollback. */
export function applyPublished(event: Published, rows: Rows): void {
  const { scriptId, number, versionId, contentHash, policy } = event.data;
  const { replaced } = rows.require(scriptRows, { scriptId });
  const draft = rows.require(draftRows, { scriptId, versionId });
  const [how, note] = howPublished(event, draft);
  const active = { number, contentHash };
  rows.put(activationRows, {
    tenantId: event.metadata.tenantId,
    scriptId,
    slug: rows.require(scriptRows, { scriptId }).slug,
    number,
    versionId,
    contentHash,
    how,
    note,
    replacedNumber: replaced?.number ?? null,
    by: event.metadata.actor.id,
    at: event.metadata.at,
    endedBy: null,
    endedAt: null,
    supersededByNumber: null,
  });
  rows.change(scriptRows, { scriptId }, { active, replaced: null });
  const changes = changesBetween({ active: replaced && { ...replaced } }, { active });
  const broken = how === 'break-glass';
  const told = { action: broken ? 'break-glass' : 'publish', note: broken ? note : null } as const;
  recordChange(event, rows, { ...told, number, changes, policy });
}

function howPublished(
  { data: { breakGlass } }: Published,
  { origin, changeSummary }: DraftRow,
): readonly [How, string | null] {
  if (breakGlass !== undefined) return ['break-glass', breakGlass.reason];
  return origin === 'rollback' ? ['rollback', changeSummary] : ['review', null];
}

/** A version stops being the active one: another takes its place in the same append, or none does. */
export function applyArchived(event: Archived, rows: Rows): void {
  const { scriptId, number, supersededBy } = event.data;
  const { active } = rows.require(scriptRows, { scriptId });
  rows.change(
    activationRows,
    { scriptId, number },
    {
      endedBy: event.metadata.actor.id,
      endedAt: event.metadata.at,
      supersededByNumber: supersededBy?.number ?? null,
    },
  );
  rows.change(scriptRows, { scriptId }, { active: null, replaced: supersededBy && active });
  const changes = [stateChange(number, 'active', 'archived')];
  recordChange(event, rows, { action: 'archive', number, changes });
}
