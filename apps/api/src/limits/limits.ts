import type { Config } from '@stemma/config';
import type { Logger, Metrics } from '@stemma/observability';
import { connectRedis } from '@stemma/queue';
import type { FastifyReply } from 'fastify';
import { createHash } from 'node:crypto';
import { Refused } from '../http/refused.js';
import type { Caller } from '../identity/caller.js';
import { type Leases, openLeases, type Verdict } from './leases.js';
import { sharedBuckets } from './shared-buckets.js';
import { perMs, type Policy } from './token-bucket.js';

/** Counts each authenticated request against the quotas of its actor and its tenant. Throws `Refused`: 429. */
export interface Limits {
  count(caller: Caller, reply: Pick<FastifyReply, 'header'>): void | Promise<void>;
}

export interface OpenedLimits {
  readonly limits: Limits;
  close(): void;
}

type Name = 'actor' | 'tenant';
interface Quota {
  readonly name: Name;
  readonly policy: Policy;
}

/** The quotas of the settings, shared by all processes through Redis where there is one. */
export function openLimits(config: Config, logger: Logger, metrics: Metrics): OpenedLimits {
  const quotas = quotasOf(config);
  const onFault = (error: unknown): void =>
    logger.debug({ err: error }, 'Redis is away; this process counts requests by itself');
  const redis =
    config.redisUrl === undefined || quotas.length === 0
      ? undefined
      : connectRedis({ url: config.redisUrl, onFault });
  const clock = (): number => performance.now();
  const limits = limitsOf(quotas, openLeases(sharedBuckets(redis, clock), clock), metrics);
  return { limits, close: () => redis?.disconnect() };
}

function quotasOf({ actorLimit, tenantLimit }: Config): readonly Quota[] {
  const quotas = [
    { name: 'actor' as const, policy: actorLimit },
    { name: 'tenant' as const, policy: tenantLimit },
  ];
  return quotas.flatMap(({ name, policy }) => (policy === null ? [] : [{ name, policy }]));
}

/** draft-ietf-httpapi-ratelimit-headers: `"actor";q=50000;w=10`. */
const policyHeader = (quotas: readonly Quota[]): string =>
  quotas.map(({ name, policy }) => `"${name}";q=${policy.quota};w=${policy.windowSeconds}`).join(', ');

export function limitsOf(quotas: readonly Quota[], leases: Leases, metrics: Metrics): Limits {
  const limited = metrics.counter({
    name: 'stemma_http_limited_total',
    help: 'Requests refused because a quota was used up (429), by whose.',
    labels: ['limit'],
  });
  const header = policyHeader(quotas);
  const tell = (reply: Pick<FastifyReply, 'header'>, verdicts: readonly Verdict[]): void => {
    const { quota, verdict } = tightest(quotas, verdicts);
    void reply.header('RateLimit-Policy', header);
    void reply.header('RateLimit', `"${quota.name}";r=${verdict.left};t=${secondsToFull(quota, verdict)}`);
    if (verdict.allowed) return;
    limited.add({ limit: quota.name });
    throw tooMany(quota, verdict);
  };
  return {
    count({ tenantId, person }, reply) {
      if (quotas.length === 0) return undefined;
      const names = { actor: actorName(tenantId, person), tenant: `tenant:${tenantId}` };
      const verdicts = quotas.map(({ name, policy }) => leases.take(names[name], policy));
      const known = verdicts.filter(isKnown);
      if (known.length === verdicts.length) return tell(reply, known);
      return Promise.all(verdicts.map((verdict) => Promise.resolve(verdict))).then((all) => tell(reply, all));
    },
  };
}

const isKnown = (verdict: Verdict | Promise<Verdict>): verdict is Verdict => !(verdict instanceof Promise);

const known = new Map<string, string>();

/** Redis is told no names of people. */
function actorName(tenantId: string, person: string): string {
  const plain = `${tenantId} ${person}`;
  const found = known.get(plain);
  if (found !== undefined) return found;
  if (known.size >= 10_000) known.clear();
  const name = `actor:${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}`;
  known.set(plain, name);
  return name;
}

function tightest(quotas: readonly Quota[], verdicts: readonly Verdict[]) {
  const told = quotas.flatMap((quota, index) => {
    const verdict = verdicts[index];
    return verdict ? [{ quota, verdict, share: verdict.left / quota.policy.quota }] : [];
  });
  return told.reduce((least, one) => (isTighter(one, least) ? one : least));
}

interface Told {
  readonly verdict: Verdict;
  readonly share: number;
}

const isTighter = (a: Told, b: Told): boolean =>
  a.verdict.allowed === b.verdict.allowed ? a.share < b.share : !a.verdict.allowed;

const secondsToFull = ({ policy }: Quota, { left }: Verdict): number =>
  Math.ceil((policy.quota - left) / perMs(policy) / 1_000);

function tooMany({ name, policy }: Quota, { retryMs }: Verdict): Refused {
  const seconds = Math.max(1, Math.ceil(retryMs / 1_000));
  const whose = name === 'actor' ? 'You have' : 'Your tenant has';
  return new Refused(
    'rate-limited',
    `${whose} made ${policy.quota} requests in ${policy.windowSeconds} s. Come again in ${seconds} s.`,
    { headers: { 'Retry-After': String(seconds) }, facts: { limit: name } },
  );
}
