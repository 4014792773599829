import { describe, expect, it } from '@jest/globals';
import { specify } from '@stemma/decider';
import { LOCAL_TENANT_ID, principalStreamOf } from '../shared/ids.js';
import { createPrincipalSchema } from './create-principal.js';
import { type PrincipalCommand, principalDecider } from './principal.decider.js';

const { given } = specify(principalDecider);
const data = { subject: 'author', kind: 'user' as const, roles: ['author' as const] };
const meta = {
  tenantId: LOCAL_TENANT_ID,
  actor: { kind: 'system' as const, id: 'bootstrap', via: null },
  at: '2026-11-21T08:00:00.000Z',
};
const create: PrincipalCommand = { type: 'CreatePrincipal', data, meta };
const created = { event: { type: 'PrincipalCreated' as const, data }, meta };

describe('creating a principal', () => {
  it('names a person and what he may do', () =>
    given()
      .when(create)
      .then([{ type: 'PrincipalCreated', data }]));
  it('twice is refused', () => given(created).when(create).thenRejected('principal-exists'));
  it('takes a handle, never a mail address: the log forgets nothing', () => {
    const accepts = (subject: string) => createPrincipalSchema.safeParse({ ...data, subject }).success;
    expect(['author', 'auth0|5f7c', 'urn:svc/42'].map(accepts)).toEqual([true, true, true]);
    expect(['ann@example.org', '', ' ann', 'ann\n', '-ann', 'x'.repeat(201)].some(accepts)).toBe(false);
  });
  it('gives one person one stream per tenant', () => {
    expect(principalStreamOf(LOCAL_TENANT_ID, 'a')).not.toBe(principalStreamOf(LOCAL_TENANT_ID, 'b'));
    expect(principalStreamOf(LOCAL_TENANT_ID, 'a')).toMatch(/^principal-[0-9a-f-]{36}\.[0-9a-f-]{36}$/);
  });
});

describe('managing a principal', () => {
  const by = (actor: string) => ({ ...meta, actor: { kind: 'user' as const, id: actor, via: 'k' } });
  const suspended = {
    event: { type: 'PrincipalSuspended' as const, data: { subject: 'author', reason: null } },
    meta,
  };
  const roles = (names: 'viewer'[] | 'author'[], actor = 'admin'): PrincipalCommand => ({
    type: 'ChangeRoles',
    data: { roles: names },
    meta: by(actor),
  });
  const suspend = (actor = 'admin'): PrincipalCommand => ({
    type: 'SuspendPrincipal',
    data: { reason: null },
    meta: by(actor),
  });
  const restore: PrincipalCommand = { type: 'RestorePrincipal', data: {}, meta: by('admin') };

  it('changes its roles, whole', () => {
    given(created)
      .when(roles(['viewer']))
      .then([{ type: 'PrincipalRolesChanged', data: { subject: 'author', roles: ['viewer'] } }]);
    given(created)
      .when(roles(['author']))
      .thenNothing();
  });
  it('suspends and restores it, each once', () => {
    given(created).when(suspend()).then([suspended.event]);
    given(created, suspended).when(suspend()).thenNothing();
    given(created, suspended)
      .when(restore)
      .then([{ type: 'PrincipalRestored', data: { subject: 'author' } }]);
    given(created).when(restore).thenNothing();
  });
  it('is nobody’s own business: the last administrator cannot lock himself out', () => {
    given(created).when(suspend('author')).thenRejected('own-principal');
    given(created)
      .when(roles(['viewer'], 'author'))
      .thenRejected('own-principal');
  });
  it('of one that never was is refused', () => {
    for (const command of [roles(['viewer']), suspend(), restore]) {
      given().when(command).thenRejected('principal-not-found');
    }
  });
  it('names each role once', () => {
    const twice = createPrincipalSchema.safeParse({ ...data, roles: ['author', 'author'] });
    expect(twice.success).toBe(false);
  });
});
