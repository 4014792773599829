import { describe, expect, it } from '@jest/globals';
import { certificateOf } from './certificates.js';
import type { Proof } from './prove-builds.js';

const build = { projection: 'runs', version: 1, build: 2 };
const proofOf = (tenants: number): Proof => {
  const tables = Array.from({ length: tenants }, (_, index) => ({
    ...{ table: 'runs', tenantId: `tenant ${index}`, rows: 7, digest: 'd'.repeat(64) },
  }));
  const checkpoint = { logId: 'log', events: 9n, considered: null, latestAt: null, epoch: 1n };
  const digest = { checkpoint, parked: [], tables };
  return {
    claim: { reference: { ...build, build: 1 }, candidate: { build } as Proof['claim']['candidate'] },
    ...{ equal: true, position: 700n, reference: digest, candidate: digest, parked: [], differences: [] },
  };
};
const certify = (proof: Proof) =>
  certificateOf({ kind: 'rebuild', by: 'olga', startedAt: new Date(0), endedAt: new Date(1) }, proof, 'spec');

describe('a certificate', () => {
  it('says what was proven, from where to where, for whom', () => {
    expect(certify(proofOf(2))).toMatchObject({
      ...{ kind: 'rebuild', projection: 'runs', version: 1, build: 2, against: 1, by: 'olga' },
      ...{ position: '700', events: 9, equal: true, leftOut: 0, startedAt: '1970-01-01T00:00:00.000Z' },
      endedAt: '1970-01-01T00:00:00.001Z',
      tables: [{ tenantId: 'tenant 0' }, { tenantId: 'tenant 1' }],
    });
  });

  it('H10 fits into an event however many tenants there are; its digest is over all of them', () => {
    const many = certify(proofOf(20_000));
    expect(Buffer.byteLength(JSON.stringify(many))).toBeLessThan(800_000);
    expect(many.tables.length + many.leftOut).toBe(20_000);
    expect(many.leftOut).toBeGreaterThan(0);
    expect(many.digest).not.toBe(certify(proofOf(19_999)).digest);
  });
});
