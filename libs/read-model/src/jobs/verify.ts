import { type Build, createBuild, dropBuild } from '../database/builds.js';
import { inTransaction } from '../database/connect.js';
import { holdDdlLock } from '../database/migrate.js';
import { certify } from '../prove/certificates.js';
import { type Claim, proveBuilds } from '../prove/prove-builds.js';
import type { JobResult } from './job.js';
import { asWriterOfAll, type JobParts, type JobTarget, targetsOf } from './job-parts.js';
import { outcomeOf } from './rebuild.js';

/** Replays the log into throw-away builds, in one pass, and compares them with what is read, which goes on meanwhile. */
export async function verify(parts: JobParts): Promise<JobResult & { readonly equal: boolean }> {
  const { engine, sql, job, onStep, onPage } = parts;
  const startedAt = new Date();
  const targets = await targetsOf(parts);
  onStep('replaying');
  const trials: Build[] = [];
  try {
    for (const target of targets) trials.push(await trialOf(parts, target));
    const proofs = await asWriterOfAll(parts, trials, (sessions) => {
      const claims = targets.flatMap(({ projection, live }, index): Claim[] => {
        const [session, build] = [sessions[index], trials[index]];
        return session && build
          ? [{ reference: live, candidate: { projection, build, client: session.client } }]
          : [];
      });
      const signal = AbortSignal.any(sessions.map((session) => session.signal));
      return proveBuilds(claims, { ...engine, signal, onPage });
    });
    for (const proof of proofs)
      await certify({ ...engine, sql }, { kind: 'verify', by: job.askedBy, startedAt, jobId: job.id }, proof);
    return { equal: proofs.every(({ equal }) => equal), builds: proofs.map(outcomeOf) };
  } finally {
    for (const trial of trials) await dropBuild(sql, trial);
  }
}

const trialOf = ({ sql, job, engine }: JobParts, { projection }: JobTarget): Promise<Build> =>
  inTransaction(sql, 'stemma_owner', async () => {
    await holdDdlLock(sql);
    return createBuild(sql, projection, engine.logId, { state: 'trial', job: job.id });
  });
