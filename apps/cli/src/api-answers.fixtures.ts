import type { HistoryEntry, Run, Script, Version } from './session/answers.js';

const id = (last: number): string => `00000000-0000-4000-8000-${String(last).padStart(12, '0')}`;

export const logId = id(9);

export const someScript: Script = {
  scriptId: id(1),
  slug: 'tidy-marks',
  kind: 'code',
  type: 'one_off',
  name: 'Tidy marks',
  description: '',
  labels: ['csv'],
  intents: [],
  languageCodes: [],
  embeddingKey: null,
  enabled: true,
  listed: false,
  retired: false,
  status: 'published',
  latestNumber: 4,
  activeNumber: 2,
  activeVersionId: id(12),
  headDraft: 4,
  inReviewNumber: 3,
  reviewPolicy: null,
  prunePolicy: null,
  triggers: {},
  createdBy: 'author',
  createdAt: '2026-11-20T12:00:00.000Z',
  changedBy: 'author',
  changedAt: '2026-11-21T11:57:00.000Z',
};

export const someVersion: Version = {
  versionId: id(12),
  number: 2,
  state: 'active',
  contentHash: 'ab'.repeat(32),
  derivedFromVersionId: id(11),
  origin: 'saved',
  changeSummary: 'Skip empty rows',
  sameContentAs: null,
  createdBy: 'author',
  createdAt: '2026-11-20T13:00:00.000Z',
  submissions: [
    {
      round: 1,
      by: 'author',
      at: '2026-11-20T13:05:00.000Z',
      policy: { requiredApprovals: 1, fourEyes: true },
    },
  ],
  withdrawals: [],
  requestedChanges: [],
  approvals: [
    { round: 1, by: 'reviewer', at: '2026-11-20T14:00:00.000Z', contentHash: 'ab'.repeat(32), note: 'Good.' },
  ],
  publishedBy: 'reviewer',
  publishedAt: '2026-11-20T14:01:00.000Z',
  publishedPolicy: { requiredApprovals: 1, fourEyes: true },
  breakGlassReason: null,
  archivedBy: null,
  archivedAt: null,
  supersededByNumber: null,
  prunedBy: null,
  prunedAt: null,
};

export const someEvent = (type: string, data: HistoryEntry['data']): HistoryEntry => ({
  eventId: id(21),
  type,
  revision: '3',
  position: '1234',
  at: '2026-11-21T11:57:00.000Z',
  actor: { kind: 'user', id: 'author', via: 'k1' },
  commandId: id(22),
  correlationId: 'c1',
  data,
});

/** A refusal as the API words it. */
export const problem = (status: number, code: string, more: object = {}) => ({
  status,
  headers: { 'content-type': 'application/problem+json' },
  body: {
    type: `/problems/${code}`,
    title: `Title of ${code}`,
    status,
    code,
    detail: `Detail of ${code}`,
    instance: 'urn:uuid:7',
    ...more,
  },
});

export const someRun: Run = {
  runId: id(31),
  slug: 'tidy-marks',
  versionId: id(12),
  number: 2,
  contentHash: 'ab'.repeat(32),
  runtime: 'python',
  context: 'production',
  trigger: 'api',
  status: 'completed',
  reason: 'returned',
  input: { sha256: 'cd'.repeat(32), size: 2 },
  files: [{ name: 'marks.csv', sha256: 'ef'.repeat(32), size: 20_480 }],
  limits: { timeoutMs: 120_000 },
  attempt: 1,
  attempts: [
    {
      attempt: 1,
      worker: 'w1',
      imageDigest: 'sha256:1',
      profile: '2',
      at: '2026-11-21T11:57:01.000Z',
    },
  ],
  requestedBy: 'author',
  requestedAt: '2026-11-21T11:57:00.000Z',
  startedAt: '2026-11-21T11:57:01.000Z',
  cancelRequested: false,
  cancelledBy: null,
  cancelRequestedAt: null,
  endedAt: '2026-11-21T11:57:03.000Z',
  prepareMs: 170,
  runMs: 1_240,
  exitCode: 0,
  output: { kind: 'inline', value: { rows: 3 } },
  error: null,
  artifacts: [{ name: 'summary.csv', sha256: '12'.repeat(32), size: 512 }],
  log: { sha256: '34'.repeat(32), size: 90, lines: 2, truncated: false },
};
