import type { Command } from 'commander';
import { setTimeout as pause } from 'node:timers/promises';
import { describeCommand } from '../describe-command.js';
import { exitCodes } from '../exit-codes.js';
import { leaveOutAbsent } from '../leave-out-absent.js';
import type { Perform } from '../perform.js';
import { readJobId, readProjection, readWhole } from '../read-arguments.js';
import type { Session } from '../session/open-session.js';
import { toJson } from '../show/plain-text.js';
import { showActs } from '../show/show-acts.js';
import { showCertificates, showJob, showJobs } from '../show/show-jobs.js';
import { isWell, showStatus } from '../show/show-projections.js';
import type { Shown } from '../shown.js';

interface Limited {
  readonly limit: number;
}

export function addLookingCommands(projections: Command, perform: Perform): void {
  describeCommand(projections, {
    usage: 'status',
    help: 'Show every build: where it stands, how far behind, how fast, whether proven, what is parked.',
    examples: [
      ['stemma projections status', 'exit code 32 when one of them needs somebody'],
      ['stemma projections status --watch', 'again every second, until Ctrl-C'],
      ['stemma projections status --json', 'for machines; with --watch one document a line'],
    ],
  })
    .option('--watch [seconds]', 'show it again and again', readWhole)
    .action(perform(status));
  describeCommand(projections, {
    usage: 'certificates',
    help: 'List what was proven of which build, when and for whom, the newest first.',
    examples: [['stemma projections certificates versions --json', 'with digests by table and tenant']],
  })
    .argument('[name]', 'of this projection only', readProjection)
    .option('--limit <number>', 'at most so many', readWhole, 20)
    .action(perform(certificates));
  describeCommand(projections, {
    usage: 'acts',
    help: 'List who did what, and what was proven, as the log has it, the newest first: also what Postgres has lost.',
    examples: [['stemma projections acts --json', 'whole certificates too: this is what auditors keep']],
  })
    .option('--limit <number>', 'at most so many', readWhole, 20)
    .action(perform(acts));
  describeCommand(projections, {
    usage: 'jobs',
    help: 'List what operators asked for, the newest first; or show one job.',
    examples: [['stemma projections jobs', 'who had what rebuilt, verified, swapped or dropped']],
  })
    .argument('[job]', 'its id', readJobId)
    .option('--limit <number>', 'at most so many', readWhole, 20)
    .action(perform(jobs));
}

async function status(session: Session, { watch }: { readonly watch?: number | true }): Promise<Shown> {
  const data = await session.api.call('showProjections', {});
  const exitCode = data.builds.every(isWell) ? exitCodes.ok : exitCodes.projectionsUnwell;
  const text: Shown['text'] = (view) => showStatus(data, view);
  if (watch === undefined) return { data, text, exitCode };
  return { data: undefined, text, goOn: () => watchStatus(session, watch === true ? 1 : watch) };
}

const HOME = '\u001B[H';
const REST_OF_LINE = '\u001B[K';
const BELOW = '\u001B[J';

/** Written over what is on the screen, from its top: nothing is blank in between, and nothing of before stays. */
const overScreen = (said: string): string =>
  `${HOME}${said.replaceAll('\n', `${REST_OF_LINE}\n`)}${REST_OF_LINE}\n${BELOW}`;

/** Until the person gives up. */
async function watchStatus({ api, world, globals, view }: Session, seconds: number): Promise<void> {
  for (;;) {
    const data = await api.call('showProjections', {});
    if (globals.json === true) world.stdout.write(`${JSON.stringify(JSON.parse(toJson(data)))}\n`);
    else {
      const said = showStatus(data, { ...view, now: world.now() });
      world.stdout.write(world.stdout.isTTY === true ? overScreen(said) : `${said}\n`);
    }
    await pause(seconds * 1_000, undefined, { signal: world.signal });
  }
}

async function certificates(
  { api }: Session,
  projection: string | undefined,
  { limit }: Limited,
): Promise<Shown> {
  const data = await api.call('listCertificates', { query: leaveOutAbsent({ projection, limit }) });
  return { data, text: (view) => showCertificates(data.items, view) };
}

async function acts({ api }: Session, { limit }: Limited): Promise<Shown> {
  const data = await api.call('listActs', { query: { limit } });
  return { data, text: (view) => showActs(data.items, view) };
}

async function jobs({ api }: Session, jobId: string | undefined, { limit }: Limited): Promise<Shown> {
  if (jobId !== undefined) {
    const data = await api.call('showJob', { path: { jobId } });
    return { data, text: (view) => showJob(data, view) };
  }
  const data = await api.call('listJobs', { query: { limit } });
  return { data, text: (view) => showJobs(data.items, view) };
}
