import { describe, expect, it } from '@jest/globals';
import { createMetrics } from '@stemma/observability';
import fc from 'fast-check';
import type { Caller } from '../identity/caller.js';
import { Refused } from '../http/refused.js';
import { openLeases } from './leases.js';
import { limitsOf } from './limits.js';
import { type Buckets, sharedBuckets } from './shared-buckets.js';
import { type Bucket, type Policy, takeTokens } from './token-bucket.js';

const policy: Policy = { quota: 100, windowSeconds: 10 };

describe('a token bucket', () => {
  it('gives its quota at once, then as it fills up, and says when to come again', () => {
    const first = takeTokens(policy, undefined, 150, 0);
    expect(first.grant).toEqual({ granted: 100, left: 0, retryMs: 0 });
    expect(takeTokens(policy, first.bucket, 1, 50).grant).toEqual({ granted: 0, left: 0.5, retryMs: 50 });
    expect(takeTokens(policy, first.bucket, 1, 100).grant.granted).toBe(1);
  });

  it('never gives more than a full bucket and what ran in meanwhile, whoever asks and when', () => {
    const asks = fc.array(fc.tuple(fc.nat(500), fc.integer({ min: 1, max: 60 })), { maxLength: 60 });
    fc.assert(
      fc.property(asks, (given) => {
        let bucket: Bucket | undefined;
        let now = 0;
        let total = 0;
        for (const [later, want] of given) {
          now += later;
          const taken = takeTokens(policy, bucket, want, now);
          bucket = taken.bucket;
          total += taken.grant.granted;
          expect(taken.grant.granted).toBeLessThanOrEqual(want);
          expect(total).toBeLessThanOrEqual(policy.quota + now / 100 + 1e-6);
        }
      }),
    );
  });
});

/** Time stands still unless the spec moves it. */
function standing() {
  let now = 0;
  return { clock: () => now, pass: (ms: number) => (now += ms) };
}

describe('leases', () => {
  it('ask seldom: at the full rate about ten times a second', async () => {
    const { clock, pass } = standing();
    const own = sharedBuckets(undefined, clock);
    let asked = 0;
    const counted: Buckets = {
      take: (...args) => {
        asked += 1;
        return own.take(...args);
      },
    };
    const leases = openLeases(counted, clock);
    const fast = { quota: 50_000, windowSeconds: 10 };
    for (let request = 0; request < 5_000; request += 1) {
      expect((await leases.take('a', fast)).allowed).toBe(true);
      pass(0.2);
    }
    expect(asked).toBeLessThan(20);
  });

  it('share one bucket between processes: together no more than the quota', async () => {
    const { clock, pass } = standing();
    const shared = sharedBuckets(undefined, clock);
    const processes = [openLeases(shared, clock), openLeases(shared, clock), openLeases(shared, clock)];
    let allowed = 0;
    for (let request = 0; request < 600; request += 1) {
      const verdict = await processes[request % 3]?.take('a', policy);
      if (verdict?.allowed) allowed += 1;
      pass(1);
    }
    expect(allowed).toBeGreaterThanOrEqual(policy.quota);
    expect(allowed).toBeLessThanOrEqual(policy.quota + 6);
  });

  it('serve who comes after a pause from what is in hand, while the bucket is asked, and give no more than that for nothing', async () => {
    const { clock, pass } = standing();
    const own = sharedBuckets(undefined, clock);
    let answer = (): void => undefined;
    const silent: Buckets = {
      take: async (...args) => {
        await new Promise<void>((resolve) => (answer = resolve));
        return own.take(...args);
      },
    };
    const leases = openLeases(silent, clock);
    const [quota, inHand] = [1_000, 10];
    const one = { quota, windowSeconds: 10 };
    const first = leases.take('a', one);
    answer();
    expect(await first).toMatchObject({ allowed: true });
    pass(60_000);
    for (let request = 1; request < inHand; request += 1) {
      expect(leases.take('a', one)).toMatchObject({ allowed: true });
    }
    const next = leases.take('a', one);
    expect(next).toBeInstanceOf(Promise);
    answer();
    expect(await next).toMatchObject({ allowed: true, left: quota - 1 });
  });

  it('leave an empty bucket alone for a moment, and serve again when it has filled up', async () => {
    const { clock, pass } = standing();
    const leases = openLeases(sharedBuckets(undefined, clock), clock);
    const one = { quota: 1, windowSeconds: 2 };
    expect(await leases.take('a', one)).toMatchObject({ allowed: true });
    expect(await leases.take('a', one)).toMatchObject({ allowed: false, retryMs: 2_000 });
    expect(leases.take('a', one)).toMatchObject({ allowed: false });
    pass(2_000);
    expect(await leases.take('a', one)).toMatchObject({ allowed: true });
  });
});

describe('the limits of a caller', () => {
  const caller = (person: string, tenantId = 't-1') => ({ tenantId, person }) as Caller;
  const headersOf = () => {
    const headers: Record<string, string> = {};
    const reply = { header: (name: string, value: string) => void (headers[name] = value) as never };
    return { headers, reply };
  };

  function limitsWith(actor: number, tenant: number) {
    const { clock } = standing();
    const metrics = createMetrics();
    const quotas = [
      { name: 'actor' as const, policy: { quota: actor, windowSeconds: 10 } },
      { name: 'tenant' as const, policy: { quota: tenant, windowSeconds: 10 } },
    ];
    const limits = limitsOf(quotas, openLeases(sharedBuckets(undefined, clock), clock), metrics);
    const ask = async (who: Caller) => {
      const { headers, reply } = headersOf();
      try {
        await limits.count(who, reply);
        return { headers, refused: undefined };
      } catch (error) {
        return { headers, refused: error as Refused };
      }
    };
    return { ask, metrics };
  }

  it('are told with each answer, the tighter one', async () => {
    const { ask } = limitsWith(5, 100);
    const { headers } = await ask(caller('ann'));
    expect(headers).toEqual({
      'RateLimit-Policy': '"actor";q=5;w=10, "tenant";q=100;w=10',
      RateLimit: '"actor";r=4;t=2',
    });
  });

  it('refuse whoever used them up, say when to come again, and count it; others go on', async () => {
    const { ask, metrics } = limitsWith(3, 100);
    for (let request = 0; request < 3; request += 1) await ask(caller('ann'));
    const { headers, refused } = await ask(caller('ann'));
    expect(refused).toMatchObject({ code: 'rate-limited', extras: { facts: { limit: 'actor' } } });
    expect(Number(refused?.extras.headers?.['Retry-After'])).toBeGreaterThanOrEqual(1);
    expect(headers['RateLimit']).toBe('"actor";r=0;t=10');
    expect((await ask(caller('bob'))).refused).toBeUndefined();
    expect((await ask(caller('ann', 't-2'))).refused).toBeUndefined();
    expect(await metrics.tell()).toContain('stemma_http_limited_total{limit="actor"} 1\n');
  });

  it('hold for all actors of a tenant together', async () => {
    const { ask } = limitsWith(100, 2);
    await ask(caller('ann'));
    await ask(caller('bob'));
    expect((await ask(caller('cyd'))).refused).toMatchObject({ extras: { facts: { limit: 'tenant' } } });
  });
});
