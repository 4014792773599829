import { z } from 'zod';
import { DAY } from '../shared/instants.js';
import type { PrunePolicy } from './script.events.js';
import type { Script, Version } from './script.state.js';
import { everyVersion } from './version-line.js';

const rules = {
  maxVersions: z
    .int()
    .min(1)
    .max(1_000_000)
    .nullable()
    .default(null)
    .describe('Keep so many of the newest versions'),
  retentionDays: z
    .int()
    .min(0)
    .max(36_500)
    .nullable()
    .default(null)
    .describe('Keep a version so many days after it was archived, or saved if it never was active'),
};

const namesOne = ({ maxVersions, retentionDays }: PrunePolicy): boolean =>
  maxVersions !== null || retentionDays !== null;
const NAME_ONE = 'name maxVersions, retentionDays or both';

export const prunePolicySchema = z.strictObject(rules).refine(namesOne, NAME_ONE);

export const pruneVersionsSchema = z
  .strictObject({ ...rules, dryRun: z.boolean().default(false).describe('Only say what would be pruned') })
  .refine(namesOne, NAME_ONE);

/** A version archived less long ago stays: somebody may want to go back to it. */
const GRACE = DAY;

/**
 * R-C6: the versions that a policy gives up at `now`, oldest first: each that either rule takes. Never the active one, one
 * in review, the newest, or one archived less than a day ago (DESIGN §3). `now` in milliseconds since 1970.
 */
export function prunable(script: Script, policy: PrunePolicy, now: number): readonly Version[] {
  const kept = everyVersion(script.versions).filter(({ pruned }) => !pruned);
  const beyond = policy.maxVersions === null ? 0 : Math.max(0, kept.length - policy.maxVersions);
  const tooOld = policy.retentionDays === null ? null : now - policy.retentionDays * DAY;
  return kept.filter((version, index) => {
    const since = version.archivedAt ?? version.createdAt;
    const taken = index < beyond || (tooOld !== null && since < tooOld);
    return taken && !isProtected(script, version, now);
  });
}

function isProtected({ versions }: Script, { number, state, archivedAt }: Version, now: number): boolean {
  if (state === 'active' || state === 'in_review' || number === versions.length) return true;
  return archivedAt !== null && now - archivedAt < GRACE;
}
