import { describe, expect, it } from '@jest/globals';
import { allowed, judgeAudit } from './audit-policy.mjs';

const found = (severity: string) => ({
  vulnerabilities: {
    leftpad: {
      name: 'leftpad',
      via: ['other', { source: 7, title: 'Pads too far', url: 'https://x/advisories/GHSA-1', severity }],
    },
  },
});
const today = '2026-11-21';

describe('the audit of what production installs', () => {
  it('fails for a high or critical fault, and only shows a lesser one', () => {
    const line = 'critical GHSA-1 in leftpad: Pads too far';
    expect(judgeAudit(found('critical'), [], today)).toEqual({ failing: [line], shown: [] });
    expect(judgeAudit(found('high'), [], today)).toMatchObject({ failing: [expect.any(String)] });
    expect(judgeAudit(found('moderate'), [], today)).toMatchObject({ failing: [] });
    expect(judgeAudit({ vulnerabilities: {} }, [], today)).toEqual({ failing: [], shown: [] });
  });

  it('allows one by its advisory, until a day', () => {
    const exception = { id: 'GHSA-1', reason: 'not reachable', until: '2026-12-01' };
    expect(judgeAudit(found('high'), [exception], today)).toMatchObject({ failing: [] });
    expect(judgeAudit(found('high'), [exception], '2026-12-02')).toMatchObject({
      failing: [expect.stringContaining('was allowed until 2026-12-01')],
    });
  });

  it('says that it was skipped when no registry answers, and does not fail', () => {
    expect(judgeAudit({}, [], today)).toEqual({ skipped: expect.stringContaining('nothing was looked at') });
  });

  it('allows nothing without a reason and a day', () => {
    for (const { id, reason, until } of allowed) {
      expect(id).toMatch(/^GHSA-/);
      expect(reason.length).toBeGreaterThan(20);
      expect(until).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    }
  });
});
