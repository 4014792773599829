import type { Command } from 'commander';
import { describeCommand } from '../describe-command.js';
import { leaveOutAbsent } from '../leave-out-absent.js';
import type { Perform } from '../perform.js';
import { readWhole } from '../read-arguments.js';
import type { Session } from '../session/open-session.js';
import type { Shown } from '../shown.js';
import { followJob, type Followed } from './follow-job.js';
import { namedBy, nameProjections } from './name-projections.js';

interface RebuildOptions extends Followed {
  readonly all?: boolean;
  readonly swap: boolean;
  readonly acceptParked?: boolean;
  readonly acceptDifferences?: boolean;
}

interface BuildOptions extends Followed {
  readonly all?: boolean;
  readonly build?: number;
  readonly version?: number;
  readonly acceptParked?: boolean;
  readonly acceptDifferences?: boolean;
}

type Names = readonly string[] | undefined;

const detachable = (command: Command): Command =>
  nameProjections(command).option('--detach', 'only ask for it; do not wait until it is done');

/** What a projector does for an operator, with its progress, and an exit code by what came of it. */
export function addBuildCommands(projections: Command, perform: Perform): void {
  detachable(
    describeCommand(projections, {
      usage: 'rebuild',
      help: 'Build anew beside what is read, all in one pass over the log, prove, and swap. Readers notice nothing.',
      examples: [
        ['stemma projections rebuild --all', 'exit code 30, and no swap, when rows differ'],
        [
          'stemma projections rebuild versions --no-swap',
          'swap to it later: stemma projections swap versions',
        ],
      ],
    }),
  )
    .option('--no-swap', 'leave the new build beside the one that is read')
    .option('--accept-parked', 'swap although streams are parked; they are left out of the proof')
    .option('--accept-differences', 'swap although rows differ, because those that are read are wrong')
    .action(perform(rebuild));
  detachable(
    describeCommand(projections, {
      usage: 'verify',
      help: 'Replay the log into a throw-away build and compare, while the live one goes on. All when none is named.',
      examples: [['stemma projections verify versions', 'exit code 30 when rows differ, which are named']],
    }),
  ).action(perform(verify));
  detachable(
    describeCommand(projections, {
      usage: 'swap',
      help: 'Read another complete build: the newest that was never read, or the one that is named.',
      examples: [['stemma projections swap versions --build 4', 'after rebuild --no-swap']],
    }),
  )
    .option('--build <number>', 'which build', readWhole)
    .option('--accept-parked', 'although streams are parked')
    .option('--accept-differences', 'although its rows differ from those that are read')
    .action(perform(swap));
  detachable(
    describeCommand(projections, {
      usage: 'rollback',
      help: 'Read the build again that was read before: at once, for it has followed the log all the while.',
      examples: [['stemma projections rollback versions', 'the other way round: the same command again']],
    }),
  ).action(perform(rollback));
  detachable(
    describeCommand(projections, {
      usage: 'drop',
      help: 'Remove builds that are not read. The live one is refused.',
      examples: [
        ['stemma projections drop --all', 'what is left of earlier rebuilds'],
        ['stemma projections drop versions --version 1', 'what an earlier release left, once it is stopped'],
      ],
    }),
  )
    .option('--build <number>', 'only this one', readWhole)
    .option('--version <number>', 'all builds of a version of another release, with its views', readWhole)
    .action(perform(drop));
}

async function rebuild(session: Session, names: Names, options: RebuildOptions): Promise<Shown> {
  const { swap: swaps, acceptParked = false, acceptDifferences = false } = options;
  const body = { projections: namedBy(names, options.all), swap: swaps, acceptParked, acceptDifferences };
  return followJob(session, await session.api.call('rebuildProjections', { body }), options);
}

async function verify(
  session: Session,
  names: Names,
  options: Followed & { readonly all?: boolean },
): Promise<Shown> {
  const all = options.all ?? (names ?? []).length === 0;
  const body = { projections: namedBy(names, all) };
  return followJob(session, await session.api.call('verifyProjections', { body }), options);
}

async function swap(session: Session, names: Names, options: BuildOptions): Promise<Shown> {
  const { build, acceptParked = false, acceptDifferences = false } = options;
  const body = { projections: namedBy(names, options.all), acceptParked, acceptDifferences };
  const asked = await session.api.call('swapBuilds', { body: { ...body, ...leaveOutAbsent({ build }) } });
  return followJob(session, asked, options);
}

async function rollback(session: Session, names: Names, options: BuildOptions): Promise<Shown> {
  const body = { projections: namedBy(names, options.all) };
  return followJob(session, await session.api.call('rollBackBuilds', { body }), options);
}

async function drop(session: Session, names: Names, options: BuildOptions): Promise<Shown> {
  const { build, version } = options;
  const body = { projections: namedBy(names, options.all), ...leaveOutAbsent({ build, version }) };
  return followJob(session, await session.api.call('dropBuilds', { body }), options);
}
