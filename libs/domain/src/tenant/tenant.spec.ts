import { describe, expect, it } from '@jest/globals';
import { fold, specify } from '@stemma/decider';
import { by, create as createScript } from '../script/script.fixtures.js';
import { scriptDecider } from '../script/script.decider.js';
import { complete, request, runHistory, start } from '../run/run.fixtures.js';
import { runDecider } from '../run/run.decider.js';
import { LOCAL_TENANT_NAME, tenantIdOf, tenantStreamOf } from '../shared/ids.js';
import { tenantReviewPolicySchema } from './set-tenant-review-policy.js';
import { type TenantCommand, tenantDecider } from './tenant.decider.js';
import type { TenantEvent } from './tenant.events.js';
import { DEFAULT_TENANT_TERMS } from './tenant-terms.js';
import { termsOfTenant } from './tenant.state.js';

const { given } = specify(tenantDecider);
const meta = by('admin');
const tenantId = tenantIdOf('acme');
const fact = (event: TenantEvent) => ({ event, meta });
const created = fact({ type: 'TenantCreated', data: { tenantId, name: 'acme' } });
const suspended = fact({ type: 'TenantSuspended', data: { tenantId, reason: 'unpaid' } });
const restored = fact({ type: 'TenantRestored', data: { tenantId } });
const strict = { requiredApprovals: 2, fourEyes: true };
const policySet = fact({ type: 'TenantReviewPolicySet', data: { tenantId, policy: strict } });
const create: TenantCommand = { type: 'CreateTenant', data: { name: 'acme' }, meta };
const suspend: TenantCommand = { type: 'SuspendTenant', data: { reason: 'unpaid' }, meta };
const restore: TenantCommand = { type: 'RestoreTenant', data: {}, meta };
const setPolicy: TenantCommand = { type: 'SetTenantReviewPolicy', data: strict, meta };

describe('a tenant', () => {
  it('is created under a name that is given once', () => {
    given().when(create).then([created.event]);
    given(created).when(create).thenRejected('tenant-exists');
    expect(tenantStreamOf(tenantId)).toBe(`tenant-${tenantId}.${tenantId}`);
  });
  it('is suspended and restored, each once', () => {
    given(created).when(suspend).then([suspended.event]);
    given(created, suspended).when(suspend).thenNothing();
    given(created, suspended).when(restore).then([restored.event]);
    given(created).when(restore).thenNothing();
  });
  it('from which all are administered is never suspended', () => {
    const name = LOCAL_TENANT_NAME;
    given(fact({ type: 'TenantCreated', data: { tenantId: tenantIdOf(name), name } }))
      .when(suspend)
      .thenRejected('first-tenant');
  });
  it('that never was can be neither suspended nor restored, nor be given a policy', () => {
    for (const command of [suspend, restore, setPolicy]) {
      given().when(command).thenRejected('tenant-not-found');
    }
  });
  it('sets the review policy of its scripts, whole', () => {
    given(created).when(setPolicy).then([policySet.event]);
    given(created, policySet).when(setPolicy).thenNothing();
    expect(tenantReviewPolicySchema.parse({})).toEqual(DEFAULT_TENANT_TERMS.reviewPolicy);
    for (const requiredApprovals of [-1, 11, 1.5]) {
      expect(tenantReviewPolicySchema.safeParse({ requiredApprovals }).success).toBe(false);
    }
  });
  it('says its terms, and the strict default while it has said nothing', () => {
    expect(termsOfTenant(fold(tenantDecider, [created, policySet, suspended]))).toEqual({
      suspended: true,
      reviewPolicy: strict,
    });
    expect(termsOfTenant(undefined)).toEqual({
      suspended: false,
      reviewPolicy: { requiredApprovals: 1, fourEyes: true },
    });
  });
});

describe('a suspended tenant', () => {
  const tenant = { ...DEFAULT_TENANT_TERMS, suspended: true };
  it('writes nothing', () =>
    specify(scriptDecider)
      .given()
      .when({ ...createScript(meta), tenant })
      .thenRejected('tenant-suspended'));
  it('runs nothing, but what runs is brought to its end', () => {
    const run = specify(runDecider);
    run
      .given()
      .when({ ...request(meta), tenant })
      .thenRejected('tenant-suspended');
    run
      .given(...runHistory(request))
      .when({ ...start(1)(meta), tenant })
      .thenRejected('tenant-suspended');
    const ended = runDecider.decide(fold(runDecider, runHistory(request, start(1))), {
      ...complete(1)(meta),
      tenant,
    });
    expect(ended.map(({ type }) => type)).toEqual(['RunCompleted']);
  });
});
