import { type Build, createBuild, startFollowing } from '../database/builds.js';
import { inTransaction } from '../database/connect.js';
import { holdDdlLock } from '../database/migrate.js';
import type { RowDifference } from '../log/ops-events.js';
import { named } from '../log/shortened.js';
import { certify, wholeDigest } from '../prove/certificates.js';
import { describeDifferences } from '../prove/differences.js';
import { type Claim, type Proof, proveBuilds } from '../prove/prove-builds.js';
import { fillBuilds } from '../rebuild/fill-builds.js';
import { indexing } from '../rebuild/indexing.js';
import { swapBuild } from '../rebuild/swap-build.js';
import type { JobResult } from './job.js';
import { asWriterOfAll, type JobParts, JobRefused, type JobTarget, targetsOf } from './job-parts.js';

/** What a rebuild, or a verification, came to for one projection. */
export interface Outcome {
  readonly projection: string;
  readonly version: number;
  readonly build: number;
  readonly against: number;
  readonly position: string;
  readonly digest: string;
  readonly equal: boolean;
  readonly parked: readonly string[];
  readonly differences: readonly RowDifference[];
}

export const outcomeOf = (proof: Proof): Outcome => {
  const { reference, candidate } = proof.claim;
  const { projection, version, build } = candidate.build;
  const { equal, parked, differences } = proof;
  return {
    projection,
    version,
    build,
    against: reference.build,
    position: String(proof.position ?? -1n),
    digest: wholeDigest(proof),
    equal,
    parked,
    differences,
  };
};

interface Candidate extends JobTarget {
  readonly build: Build;
}

/**
 * Builds anew beside what is read, all projections in one pass over the log, has each proven equal at one position, and
 * swaps. Takes up what an earlier try left.
 *
 * @throws JobRefused for those that differ or have parked streams, unless that was accepted; they stay, unread
 */
export async function rebuild(parts: JobParts): Promise<JobResult> {
  const { engine, sql, job, signal, onStep } = parts;
  const candidates: Candidate[] = [];
  for (const target of await targetsOf(parts)) candidates.push(await candidateOf(parts, target));
  const unfilled = candidates.filter(({ build }) => build.state === 'building');
  // An earlier try ended these, and what it proved of them is in their certificates alone.
  const unproven = candidates.filter(({ build }) => build.state === 'following' && !build.isProven);
  const outcomes = await fillAndProve(parts, unfilled);
  const refused = outcomes.filter((outcome) => !isAccepted(parts, outcome));
  if (job.options.swap !== false) {
    for (const candidate of candidates) {
      const { projection, live, build } = candidate;
      if (build.state === 'live' || refused.some((outcome) => outcome.projection === projection.name))
        continue;
      if (unproven.includes(candidate)) continue;
      onStep(`swapping ${projection.name}`);
      await swapBuild(sql, projection, { now: live, next: build }, { ...engine, signal });
    }
  }
  const result = { builds: outcomes };
  const reasons = [...refused.map(whyRefused), ...unproven.map(whyUnproven)];
  if (reasons.length > 0) throw new JobRefused(reasons.join('\n'), result);
  return result;
}

async function candidateOf({ sql, job, engine }: JobParts, target: JobTarget): Promise<Candidate> {
  const { projection, builds } = target;
  const known = builds.find((build) => build.job === job.id);
  if (known) return { ...target, build: known };
  const build = await inTransaction(sql, 'stemma_owner', async () => {
    await holdDdlLock(sql);
    return createBuild(sql, projection, engine.logId, { state: 'building', job: job.id });
  });
  return { ...target, build };
}

async function fillAndProve(parts: JobParts, candidates: readonly Candidate[]): Promise<readonly Outcome[]> {
  if (candidates.length === 0) return [];
  const { engine, sql, job, onStep, onPage } = parts;
  const startedAt = new Date();
  return asWriterOfAll(
    parts,
    candidates.map(({ build }) => build),
    async (sessions) => {
      const signal = AbortSignal.any(sessions.map((session) => session.signal));
      const fillings = candidates.flatMap(({ projection, build }, index) => {
        const session = sessions[index];
        return session ? [{ projection, build, client: session.client, stopAt: null }] : [];
      });
      const claims = fillings.flatMap((candidate, index): Claim[] => {
        const reference = candidates[index]?.live;
        return reference ? [{ reference, candidate }] : [];
      });
      onStep('building');
      const onFilled = indexing(engine.databaseUrl, signal);
      const proofs = await proveBuilds(claims, { ...engine, signal, onPage, onFilled });
      for (const proof of proofs)
        await certify(
          { ...engine, sql },
          { kind: 'rebuild', by: job.askedBy, startedAt, jobId: job.id },
          proof,
        );
      onStep('reaching the end of the log');
      await fillBuilds(fillings, { ...engine, signal, onPage });
      onStep('opening');
      const outcomes = proofs.map(outcomeOf);
      await Promise.all(
        fillings.map(({ client, build, projection }, index) => {
          const outcome = outcomes[index];
          return startFollowing(
            client,
            build,
            projection,
            outcome !== undefined && isAccepted(parts, outcome),
          );
        }),
      );
      return outcomes;
    },
  );
}

function isAccepted({ job: { options } }: JobParts, { equal, parked }: Outcome): boolean {
  return (
    (equal || options.acceptDifferences === true) && (parked.length === 0 || options.acceptParked === true)
  );
}

const whyUnproven = ({ build: { projection, build } }: Candidate): string =>
  `${projection}: not swapped, build ${build} was not proven: look at its certificate. It stays unread: swap to it with ` +
  '--accept-differences if it is the right one, or drop it.';

function whyRefused({ projection, build, equal, parked, differences }: Outcome): string {
  if (equal) {
    return (
      `${projection}: not swapped, ${parked.length === 1 ? '1 stream is' : `${parked.length} streams are`} parked and left out of the comparison (${named(parked)}). ` +
      'Retry or drop what is parked, or rebuild with --accept-parked.'
    );
  }
  return (
    `${projection}: not swapped, its rows differ from those that are read: ${describeDifferences(differences)}. ` +
    `Build ${build} stays unread: swap to it with --accept-differences if it is the right one, or drop it.`
  );
}
