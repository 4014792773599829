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
