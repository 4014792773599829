import type { Buckets } from './shared-buckets.js';
import { perMs, type Policy } from './token-bucket.js';

/** What one request was told: `left` of the quota, and in how many milliseconds to come again when it was refused. */
export interface Verdict {
  readonly allowed: boolean;
  readonly left: number;
  readonly retryMs: number;
}

/** Takes one token of a named quota; at once while some are in hand, else after asking the buckets. */
export interface Leases {
  take(name: string, policy: Policy): Verdict | Promise<Verdict>;
}

/** Tokens in hand, taken from the bucket beforehand; `left` in the bucket as it last answered. */
interface Lease {
  inHand: number;
  until: number;
  left: number;
  /** Not asked again before this; and when there will be one more. */
  refusedUntil: number;
  retryAt: number;
  asking: Promise<void> | undefined;
}

/** How much of the quota is taken at a time: what may be used in this time at the full rate. */
const AHEAD_MS = 100;
const LEASE_MS = 1_000;
/** An empty bucket is not asked more often than this, however many requests come. */
const ASK_EVERY_MS = 10;
const MOST_LEASES = 10_000;

/**
 * Asking Redis for every request would cost more than the request's own work, so tokens are taken ahead: a hundredth of a
 * quota of 10 s. A process that dies or falls silent loses that much of the quota, no more; and who comes after a pause is
 * served from what was taken before it, while the bucket is asked: nobody waits for Redis who did not just use much.
 */
export function openLeases(buckets: Buckets, clock: () => number): Leases {
  const leases = new Map<string, Lease>();

  const find = (name: string): Lease => {
    const known = leases.get(name);
    if (known) return known;
    if (leases.size >= MOST_LEASES) forgetIdle(leases, clock());
    const lease: Lease = { inHand: 0, until: 0, left: 0, refusedUntil: 0, retryAt: 0, asking: undefined };
    leases.set(name, lease);
    return lease;
  };

  const fill = (lease: Lease, name: string, policy: Policy): Promise<void> => {
    lease.asking ??= buckets
      .take(name, policy, aheadOf(policy))
      .then(({ granted, left, retryMs }) => {
        const now = clock();
        const kept = now < lease.until ? lease.inHand : 0;
        Object.assign(lease, { inHand: kept + granted, until: now + LEASE_MS, left });
        if (granted > 0) return;
        lease.retryAt = now + retryMs;
        lease.refusedUntil = now + Math.min(Math.max(retryMs, ASK_EVERY_MS), LEASE_MS);
      })
      .finally(() => {
        lease.asking = undefined;
      });
    return lease.asking;
  };

  return {
    take(name, policy) {
      const lease = find(name);
      const now = clock();
      const spent = spend(lease, policy, now);
      if (spent === undefined)
        return fill(lease, name, policy).then(() => afterAsking(lease, policy, clock()));
      if (spent.allowed && lease.asking === undefined && shouldAsk(lease, policy, now))
        void fill(lease, name, policy);
      return spent;
    },
  };
}

const aheadOf = (policy: Policy): number => Math.max(1, Math.floor(perMs(policy) * AHEAD_MS));

/** What is in hand is short, or was taken so long ago that it counts no longer when the bucket has answered. */
const shouldAsk = ({ inHand, until }: Lease, policy: Policy, now: number): boolean =>
  now >= until || (aheadOf(policy) > 1 && inHand < aheadOf(policy) / 4);

/** undefined when nothing is in hand and the bucket may be asked. */
function spend(lease: Lease, policy: Policy, now: number): Verdict | undefined {
  if (lease.inHand > 0) {
    lease.inHand -= 1;
    return { allowed: true, left: Math.floor(lease.left) + lease.inHand, retryMs: 0 };
  }
  return now < lease.refusedUntil ? refused(lease, policy, now) : undefined;
}

/** Many may have waited for the same answer: who comes too late for what it gave is refused. */
const afterAsking = (lease: Lease, policy: Policy, now: number): Verdict =>
  spend(lease, policy, now) ?? refused(lease, policy, now);

const refused = ({ retryAt }: Lease, policy: Policy, now: number): Verdict => ({
  allowed: false,
  left: 0,
  retryMs: retryAt > now ? retryAt - now : 1 / perMs(policy),
});

function forgetIdle(leases: Map<string, Lease>, now: number): void {
  for (const [name, { until, refusedUntil, asking }] of leases) {
    if (asking === undefined && until < now && refusedUntil < now) leases.delete(name);
  }
}
