import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openAdmission } from './admission.js';

const run = (tenantId: string, runId: string) => ({ tenantId, runId, attempt: 1 });
const ids = (candidates: readonly { readonly runId: string }[]) => candidates.map(({ runId }) => runId);

describe('turns between tenants', () => {
  it('admits up to the limit and lets the rest wait in order', () => {
    const admission = openAdmission(2);
    expect(['a', 'b', 'c', 'd'].map((id) => ids(admission.request(run('t', id))))).toEqual([
      ['a'],
      ['b'],
      [],
      [],
    ]);
    expect(admission.waiting()).toBe(2);
    expect(ids(admission.end('t', 'a'))).toEqual(['c']);
    expect(ids(admission.end('t', 'b'))).toEqual(['d']);
    expect(admission.end('t', 'c')).toEqual([]);
  });

  it("Q9 one tenant's crowd is not in front of another's first", () => {
    const admission = openAdmission(2);
    for (let index = 0; index < 200; index += 1) admission.request(run('crowd', `run-${index}`));
    expect(ids(admission.request(run('other', 'first')))).toEqual(['first']);
  });

  it('a run asked for twice is admitted once, and one that ended while it waited is forgotten', () => {
    const admission = openAdmission(1);
    admission.request(run('t', 'a'));
    expect(admission.request(run('t', 'a'))).toEqual([]);
    admission.request(run('t', 'b'));
    admission.end('t', 'b');
    expect(admission.end('t', 'a')).toEqual([]);
    expect(admission.isAdmitted('t', 'a')).toBe(false);
  });

  it('never admits more than the limit, and everything in the end', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2), fc.nat(20), fc.boolean()), { maxLength: 200 }), (steps) => {
        const admission = openAdmission(3);
        const inQueue = new Set<string>();
        const wanted = new Set<string>();
        const enter = (candidates: readonly { tenantId: string; runId: string }[]) =>
          candidates.forEach(({ tenantId, runId }) => inQueue.add(`${tenantId}/${runId}`));
        for (const [tenant, number, ends] of steps) {
          const [tenantId, runId] = [String(tenant), String(number)];
          const name = `${tenantId}/${runId}`;
          if (ends) {
            inQueue.delete(name);
            wanted.delete(name);
            enter(admission.end(tenantId, runId));
          } else {
            wanted.add(name);
            enter(admission.request(run(tenantId, runId)));
          }
          for (const owner of ['0', '1', '2']) {
            const held = [...inQueue].filter((key) => key.startsWith(`${owner}/`)).length;
            const asked = [...wanted].filter((key) => key.startsWith(`${owner}/`)).length;
            expect(held).toBe(Math.min(3, asked));
          }
        }
        expect(admission.waiting()).toBe(wanted.size - inQueue.size);
      }),
    );
  });
});
