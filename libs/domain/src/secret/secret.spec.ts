import { describe, expect, it } from '@jest/globals';
import { specify } from '@stemma/decider';
import { DEFAULT_TENANT_TERMS } from '../tenant/tenant-terms.js';
import { secretDecider } from './secret.decider.js';
import { describeAs, remove, set, wasDescribed, wasRemoved, wasSet } from './secret.fixtures.js';
import { setSecretSchema } from './set-secret.js';

const { given } = specify(secretDecider);
const tenant = { ...DEFAULT_TENANT_TERMS, suspended: true };

describe('a secret', () => {
  it('is set, and set anew as the next version, keeping what is not said', () => {
    given()
      .when(set(1, 1, { description: 'of the relay', sandbox: true }))
      .then([wasSet(1, 1, 'of the relay', true).event]);
    given(wasSet(1, 1, 'of the relay', true))
      .when(set(2, 1))
      .then([wasSet(2, 1, 'of the relay', true).event]);
    given(wasSet(1, 1, 'of the relay', true))
      .when(set(2, 1, { description: null, sandbox: false }))
      .then([wasSet(2, 1).event]);
  });
  it('is refused when its value was sealed for another version or life', () => {
    given(wasSet(1, 1)).when(set(1, 1)).thenRejected('secret-changed');
    given(wasSet(1, 1)).when(set(3, 1)).thenRejected('secret-changed');
    given(wasSet(1, 1), wasRemoved(1)).when(set(2, 1)).thenRejected('secret-changed');
  });
  it('is described, and once is enough', () => {
    given(wasSet(1, 1))
      .when(describeAs({ sandbox: true }))
      .then([wasDescribed(null, true).event]);
    given(wasSet(1, 1), wasDescribed('x', true))
      .when(describeAs({ description: 'x' }))
      .thenNothing();
    given().when(describeAs({})).thenRejected('secret-not-found');
  });
  it('is removed; set again it lives anew, and its versions count on', () => {
    given(wasSet(1, 1))
      .when(remove)
      .then([wasRemoved(1).event]);
    given(wasSet(1, 1), wasRemoved(1)).when(remove).thenNothing();
    given(wasSet(1, 1), wasRemoved(1)).when(describeAs({})).thenRejected('secret-not-found');
    given(wasSet(1, 1, 'old', true), wasRemoved(1))
      .when(set(2, 2))
      .then([wasSet(2, 2).event]);
    given().when(remove).thenRejected('secret-not-found');
  });
  it('of a suspended tenant is not set, but can be removed: a value that leaked must be able to go', () => {
    given()
      .when({ ...set(1, 1), tenant })
      .thenRejected('tenant-suspended');
    given(wasSet(1, 1))
      .when({ ...describeAs({ sandbox: true }), tenant })
      .thenRejected('tenant-suspended');
    given(wasSet(1, 1))
      .when({ ...remove, tenant })
      .then([wasRemoved(1).event]);
  });
});

describe('the value of a secret', () => {
  const accepts = (value: unknown) => setSecretSchema.safeParse({ value }).success;
  it('is any text that can be told from other words and fits', () => {
    expect(['hunter2', 'a b\nc\u0308', 'x'.repeat(32 * 1024)].map(accepts)).toEqual([true, true, true]);
    expect(
      ['', 'abc', 'x'.repeat(32 * 1024 + 1), 'with\0nul', '\ud800half', 12_345, null].some(accepts),
    ).toBe(false);
    expect(setSecretSchema.parse({ value: 'u\u0308ber' }).value).toBe('u\u0308ber');
  });
  it('A8 is repeated by no message that refuses it', () => {
    const refused = setSecretSchema.safeParse({ value: `hunter2\0`, hunter3: 1 });
    expect(JSON.stringify(refused.error?.issues)).not.toContain('hunter2');
  });
});
