import type { ScriptEvent } from '@stemma/domain/events';
import type { StreamFact } from '@stemma/read-model';

export const tenantId = '7b1f3a52-3d1e-5b0a-9c55-000000000001';
export const otherTenantId = '7b1f3a52-3d1e-5b0a-9c55-000000000002';
export const scriptId = '00000000-0000-5000-8000-000000000001';
export const streamOf = (tenant: string, script: string): string => `script-${tenant}.${script}`;

const policy = { requiredApprovals: 1, fourEyes: true };
const versionId = (number: number) => `00000000-0000-5000-8000-${String(number).padStart(12, '9')}`;
const ofVersion = (number: number, script = scriptId) => ({
  scriptId: script,
  number,
  versionId: versionId(number),
});
const contentHash = 'a'.repeat(64);

/** What `person` did at minute `minute` of one morning. */
export function did(person: string, minute: number, event: ScriptEvent, tenant = tenantId): StreamFact {
  const at = `2026-11-21T08:${String(minute).padStart(2, '0')}:00.000Z`;
  return {
    event,
    meta: { tenantId: tenant, actor: { kind: 'user', id: person, via: null }, at, release: 'test' },
  };
}

export const created = (slug: string, script = scriptId, labels: readonly string[] = []): ScriptEvent => ({
  type: 'ScriptCreated',
  data: {
    scriptId: script,
    slug,
    kind: 'code',
    type: 'one_off',
    details: { name: slug.toUpperCase(), description: `about ${slug}`, labels },
  },
});

export const drafted = (
  number: number,
  origin: 'saved' | 'rollback' = 'saved',
  script = scriptId,
): ScriptEvent => ({
  type: 'DraftCreated',
  data: {
    ...ofVersion(number, script),
    contentHash,
    derivedFromVersionId: origin === 'rollback' ? versionId(1) : null,
    origin,
    changeSummary: null,
    sameContentAs: null,
  },
});

export const submitted = (number: number, round = 1): ScriptEvent => ({
  type: 'SubmittedForReview',
  data: { ...ofVersion(number), round, policy },
});

export const withdrawn = (number: number): ScriptEvent => ({
  type: 'SubmissionWithdrawn',
  data: { ...ofVersion(number), round: 1 },
});

export const published = (number: number, script = scriptId): ScriptEvent => ({
  type: 'VersionPublished',
  data: { ...ofVersion(number, script), contentHash, policy },
});

export const archived = (number: number, by: number): ScriptEvent => ({
  type: 'VersionArchived',
  data: { ...ofVersion(number), supersededBy: { versionId: versionId(by), number: by } },
});
