import type { ScriptEvent } from '@stemma/domain/events';
import type { StreamFact } from '@stemma/read-model';

export const tenantId = '7b1f3a52-3d1e-5b0a-9c55-000000000001';
export const otherTenantId = '7b1f3a52-3d1e-5b0a-9c55-000000000002';
export const scriptId = '00000000-0000-5000-8000-000000000001';
export const streamOf = (tenant: string, script: string): string => `script-${tenant}.${script}`;

export const policy = { requiredApprovals: 2, fourEyes: true };
export const contentHash = 'a'.repeat(64);
export const versionId = (number: number) => `00000000-0000-5000-8000-${String(number).padStart(12, '9')}`;
export const minute = (at: number) => `2026-11-21T08:${String(at).padStart(2, '0')}:00.000Z`;
const ofVersion = (number: number, script = scriptId) => ({
  scriptId: script,
  number,
  versionId: versionId(number),
});

/** What `person` did at minute `at` of one morning. */
export const did = (person: string, at: number, event: ScriptEvent, tenant = tenantId): StreamFact => ({
  event,
  meta: {
    tenantId: tenant,
    actor: { kind: 'user', id: person, via: null },
    at: minute(at),
    release: 'test',
  },
});

export const created = (slug: string, script = scriptId): ScriptEvent => ({
  type: 'ScriptCreated',
  data: {
    scriptId: script,
    slug,
    kind: 'code',
    type: 'one_off',
    details: { name: slug.toUpperCase(), description: '', labels: [] },
  },
});

export const renamed = (name: string): ScriptEvent => ({
  type: 'ScriptDetailsChanged',
  data: { scriptId, details: { name, description: '', labels: ['new'] } },
});

export const drafted = (number: number, script = scriptId): ScriptEvent => ({
  type: 'DraftCreated',
  data: {
    ...ofVersion(number, script),
    contentHash,
    derivedFromVersionId: null,
    origin: 'saved',
    changeSummary: `why ${number}`,
    sameContentAs: null,
  },
});

export const submitted = (
  number: number,
  round: number,
  script = scriptId,
  applied = policy,
): ScriptEvent => ({
  type: 'SubmittedForReview',
  data: { ...ofVersion(number, script), round, policy: applied },
});

export const approved = (
  number: number,
  round: number,
  reviewNote: string | null,
  script = scriptId,
): ScriptEvent => ({
  type: 'VersionApproved',
  data: { ...ofVersion(number, script), round, contentHash, reviewNote },
});

export const withdrawn = (number: number, round: number): ScriptEvent => ({
  type: 'SubmissionWithdrawn',
  data: { ...ofVersion(number), round },
});

export const sentBack = (number: number, round: number): ScriptEvent => ({
  type: 'ChangesRequested',
  data: { ...ofVersion(number), round, reviewNote: 'why?' },
});

export const published = (number: number): ScriptEvent => ({
  type: 'VersionPublished',
  data: { ...ofVersion(number), contentHash, policy },
});
