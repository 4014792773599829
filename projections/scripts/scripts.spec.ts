import { describe, expect, it } from '@jest/globals';
import { specifyProjection, type StreamFact } from '@stemma/read-model';
import {
  archived,
  created,
  did,
  drafted,
  published,
  scriptId,
  streamOf,
  submitted,
  tenantId,
  withdrawn,
} from './scripts.fixtures.js';
import { scripts } from './scripts.projection.js';
import { scriptRows } from './scripts.tables.js';

const row = (...facts: readonly StreamFact[]) =>
  specifyProjection(scripts)
    .given({ [streamOf(tenantId, scriptId)]: facts })
    .rows(scriptRows)[0];

const born = did('ann', 0, created('clean-sales', scriptId, ['sales']));

describe('which scripts there are', () => {
  it('a new script is a draft without versions, of who made it', () => {
    expect(row(born)).toEqual({
      tenantId,
      scriptId,
      slug: 'clean-sales',
      kind: 'code',
      type: 'one_off',
      name: 'CLEAN-SALES',
      description: 'about clean-sales',
      labels: ['sales'],
      intents: [],
      languageCodes: [],
      embeddingKey: null,
      enabled: true,
      listed: false,
      retired: false,
      status: 'draft',
      latestNumber: 0,
      activeNumber: null,
      activeVersionId: null,
      headDraft: null,
      inReviewNumber: null,
      reviewPolicy: null,
      prunePolicy: null,
      triggers: {},
      createdBy: 'ann',
      createdAt: '2026-11-21T08:00:00.000Z',
      changedBy: 'ann',
      changedAt: '2026-11-21T08:00:00.000Z',
      revision: 0n,
    });
  });

  it('details change whole, and the script says who changed it last, at which revision', () => {
    const details = { name: 'Sales', description: '', labels: ['a', 'b'] };
    expect(
      row(born, did('bob', 5, { type: 'ScriptDetailsChanged', data: { scriptId, details } })),
    ).toMatchObject({
      ...details,
      slug: 'clean-sales',
      createdBy: 'ann',
      changedBy: 'bob',
      changedAt: '2026-11-21T08:05:00.000Z',
      revision: 1n,
    });
  });

  it('a review is open from submission to its end', () => {
    const inReview = [born, did('ann', 1, drafted(1)), did('ann', 2, submitted(1))];
    expect(row(...inReview)).toMatchObject({
      latestNumber: 1,
      headDraft: 1,
      inReviewNumber: 1,
      status: 'draft',
    });
    expect(row(...inReview, did('ann', 3, withdrawn(1)))).toMatchObject({
      inReviewNumber: null,
      headDraft: 1,
    });
    expect(row(...inReview, did('ann', 3, drafted(2)))).toMatchObject({ inReviewNumber: 1, headDraft: 2 });
  });

  it('publishing makes it published, with one active version, and leaves a newer draft alone', () => {
    const live = [born, did('ann', 1, drafted(1)), did('ann', 2, submitted(1)), did('ann', 3, drafted(2))];
    expect(row(...live, did('cy', 4, published(1)))).toMatchObject({
      status: 'published',
      activeNumber: 1,
      headDraft: 2,
      inReviewNumber: null,
    });
  });

  it('a rollback leaves no head draft behind: what it made is active at once', () => {
    const facts = [
      born,
      did('ann', 1, drafted(1)),
      did('cy', 2, published(1)),
      did('ann', 3, drafted(2)),
      did('cy', 4, archived(1, 2)),
      did('cy', 4, published(2)),
      did('cy', 5, drafted(3, 'rollback')),
      did('cy', 5, archived(2, 3)),
    ];
    expect(row(...facts)).toMatchObject({ status: 'archived', activeNumber: null });
    expect(row(...facts, did('cy', 5, published(3)))).toMatchObject({
      status: 'published',
      activeNumber: 3,
      latestNumber: 3,
      headDraft: null,
    });
  });

  it('can be disabled and enabled', () => {
    const disabled = did('ann', 1, { type: 'ScriptDisabled', data: { scriptId, reason: null } });
    expect(row(born, disabled)).toMatchObject({ enabled: false });
    const enabled = did('ann', 2, { type: 'ScriptEnabled', data: { scriptId } });
    expect(row(born, disabled, enabled)).toMatchObject({ enabled: true, revision: 2n });
  });

  it('says who sees it, what starts it, by which rules it lives, and its end', () => {
    const cron = { kind: 'cron', expression: '0 7 * * *', timeZone: 'Europe/Zurich' } as const;
    const http = { kind: 'http', method: 'POST', path: '/sales' } as const;
    const trigger = (name: string, one: typeof cron | typeof http) => ({
      scriptId,
      triggerId: scriptId,
      name,
      trigger: one,
    });
    const policy = { requiredApprovals: 2, fourEyes: true };
    const pruning = { maxVersions: 5, retentionDays: null };
    const governed = [
      born,
      did('bob', 1, { type: 'ScriptListed', data: { scriptId } }),
      did('bob', 1, { type: 'TriggerSet', data: trigger('daily', http) }),
      did('bob', 1, { type: 'TriggerSet', data: trigger('daily', cron) }),
      did('bob', 1, { type: 'TriggerSet', data: trigger('hook', http) }),
      did('bob', 1, { type: 'ReviewPolicySet', data: { scriptId, policy } }),
      did('bob', 1, { type: 'PrunePolicySet', data: { scriptId, policy: pruning } }),
    ];
    expect(row(...governed)).toMatchObject({
      listed: true,
      triggers: { daily: cron, hook: http },
      reviewPolicy: policy,
      prunePolicy: pruning,
    });
    const undone = [
      did('bob', 2, { type: 'ScriptUnlisted', data: { scriptId } }),
      did('bob', 2, { type: 'TriggerRemoved', data: trigger('hook', http) }),
      did('bob', 2, { type: 'ReviewPolicySet', data: { scriptId, policy: null } }),
      did('bob', 2, { type: 'PrunePolicySet', data: { scriptId, policy: null } }),
    ];
    const retired = did('bob', 3, { type: 'ScriptRetired', data: { scriptId, reason: null } });
    expect(row(...governed, ...undone, retired)).toMatchObject({
      listed: false,
      triggers: { daily: cron },
      reviewPolicy: null,
      prunePolicy: null,
      retired: true,
      revision: 11n,
    });
    expect(row(...governed, ...undone, retired)?.triggers).not.toHaveProperty('hook');
  });
});
