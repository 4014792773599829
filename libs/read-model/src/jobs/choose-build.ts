import { type Build, dropBuild } from '../database/builds.js';
import { swapBuild } from '../rebuild/swap-build.js';
import { dropVersion } from './drop-version.js';
import type { ChosenBuild, JobResult } from './job.js';
import { chosenBy, type JobParts, JobRefused, type JobTarget, targetsOf } from './job-parts.js';

/** Reads another complete build: the one that is named, or the newest that was never read. */
export async function swap(parts: JobParts): Promise<JobResult> {
  const { options } = parts.job;
  return swapEach(parts, ({ projection, builds }) => {
    const following = builds.filter(({ state }) => state === 'following');
    const found =
      options.build === undefined
        ? following.findLast(({ liveSince }) => liveSince === null)
        : following.find(({ build }) => build === options.build);
    if (!found)
      throw new JobRefused(`${projection.name} has no complete build to swap to: rebuild it first.`);
    if (found.isProven || found.liveSince !== null || options.acceptDifferences === true) return found;
    throw new JobRefused(
      `Build ${found.build} of ${projection.name} differs from the one that is read. Look at its certificate; if it is the ` +
        'right one, swap with --accept-differences.',
    );
  });
}

/** Reads the build again that was read before the present one. It followed the log all the while. */
export async function rollback(parts: JobParts): Promise<JobResult> {
  return swapEach(parts, ({ projection, builds }) => {
    const before = builds
      .filter(({ state, liveSince }) => state === 'following' && liveSince !== null)
      .sort((one, other) => ((one.liveSince ?? '') < (other.liveSince ?? '') ? 1 : -1));
    if (before[0]) return before[0];
    throw new JobRefused(
      `${projection.name} has no build that was read before: there is nothing to go back to.`,
    );
  });
}

async function swapEach(parts: JobParts, choose: (target: JobTarget) => Build): Promise<JobResult> {
  const { engine, sql, signal, onStep } = parts;
  const targets = await targetsOf(parts);
  const chosen = await chosenBy(parts, () =>
    Promise.resolve(targets.map((target) => ({ ...refOf(choose(target)), instead: target.live.build }))),
  );
  for (const { projection, live, builds } of targets) {
    const next = requireChosen(projection.name, builds, chosen);
    if (next.state === 'live') continue;
    onStep(`swapping ${projection.name}`);
    await swapBuild(sql, projection, { now: live, next }, { ...engine, signal });
  }
  return { builds: chosen.map(({ projection, build, instead }) => ({ projection, build, instead })) };
}

const refOf = ({ projection, version, build }: ChosenBuild): ChosenBuild => ({ projection, version, build });

function requireChosen(name: string, builds: readonly Build[], chosen: readonly ChosenBuild[]): Build {
  const wanted = chosen.find(({ projection }) => projection === name);
  const found = builds.find(({ build }) => build === wanted?.build);
  if (found) return found;
  throw new JobRefused(
    `Build ${wanted?.build} of ${name} is not there any more: look at \`stemma projections status\`, and ask again.`,
  );
}

/** Removes complete builds that are not read: the one that is named, or all; or those of a version of another release. */
export async function drop(parts: JobParts): Promise<JobResult> {
  const { sql, job } = parts;
  const { version } = job.options;
  if (version !== undefined) return dropVersion(parts, version);
  const dropped = await chosenBy(parts, async () => {
    const targets = await targetsOf(parts);
    const found = targets.flatMap((target) => droppable(target, job.options.build));
    if (found.length === 0) throw new JobRefused(nothingToDrop(targets, job.options.build));
    return found.map(refOf);
  });
  for (const build of dropped) await dropBuild(sql, build);
  return { builds: dropped.map(({ projection, build }) => ({ projection, build })) };
}

function droppable({ projection, builds, live }: JobTarget, wanted: number | undefined): readonly Build[] {
  if (wanted === live.build) {
    throw new JobRefused(
      `Build ${wanted} of ${projection.name} is the one that is read, so it is not dropped. Swap or roll back to another one first.`,
    );
  }
  return builds.filter(({ state, build }) => state === 'following' && (wanted ?? build) === build);
}

function nothingToDrop(targets: readonly JobTarget[], wanted: number | undefined): string {
  const names = targets.map(({ projection }) => projection.name).join(', ');
  const what = wanted === undefined ? 'no build' : `no build ${wanted}`;
  return `There is ${what} of ${names} that is complete and not being read: nothing is dropped.`;
}
