import type { Command } from 'commander';
import { setTimeout as pause } from 'node:timers/promises';
import { describeCommand } from '../describe-command.js';
import { exitCodes } from '../exit-codes.js';
import type { Perform } from '../perform.js';
import { readWhole } from '../read-arguments.js';
import type { RunsHealth } from '../session/answers.js';
import type { Session, View } from '../session/open-session.js';
import { layOutTable } from '../show/lay-out-table.js';
import { onOneLine } from '../show/plain-text.js';
import type { Shown } from '../shown.js';

interface Options {
  readonly repair?: boolean;
  readonly wait: number;
}

const LOOK_AGAIN_MS = 1_000;

export function addDoctorCommand(runs: Command, perform: Perform): void {
  describeCommand(runs, {
    usage: 'doctor',
    help: 'Show what is out of step between log, queue, workers, containers and bytes, for operators. Acts as admin unless told otherwise.',
    examples: [
      ['stemma runs doctor --as admin', 'a dry run; exit code 33 when something is found'],
      ['stemma runs doctor --repair --as admin', 'mends it, and looks again until nothing is found'],
      ['stemma runs doctor --json', 'the findings, for machines'],
    ],
  })
    .option('--repair', 'mend what is found')
    .option('--wait <seconds>', 'with --repair: how long to look again at most', readWhole, 60)
    .action(perform(doctor));
}

async function doctor(session: Session, { repair, wait }: Options): Promise<Shown> {
  const found = await session.api.call('examineRuns', {});
  if (repair !== true || found.findings.length === 0) {
    return { data: found, text: (view) => showHealth(found, view), exitCode: exitCodeOf(found) };
  }
  const { repaired, left } = await mend(session, wait);
  const data = { found: found.findings, repaired, left: left.findings };
  const text: Shown['text'] = (view) =>
    [
      showHealth(found, view),
      `Called ${repaired.workersCalled} workers, removed ${repaired.jobsRemoved} jobs and ${repaired.blobsDeleted} blobs.`,
      left.findings.length === 0 ? 'All is in step now.' : `Left:\n\n${showHealth(left, view)}`,
    ].join('\n\n');
  return { data, text, exitCode: exitCodeOf(left) };
}

const exitCodeOf = ({ findings }: RunsHealth): number =>
  findings.length === 0 ? exitCodes.ok : exitCodes.runsUnwell;

/** Workers need a pass or two, and say what they see every five seconds. */
async function mend({ api, world }: Session, seconds: number) {
  const deadline = performance.now() + seconds * 1_000;
  const repaired = { ...(await api.call('repairRuns', { body: {} })) };
  for (;;) {
    const left = await api.call('examineRuns', {});
    if (left.findings.length === 0 || performance.now() > deadline) return { repaired, left };
    await pause(LOOK_AGAIN_MS, undefined, { signal: world.signal });
    const { jobsRemoved, blobsDeleted } = await api.call('repairRuns', { body: {} });
    repaired.jobsRemoved += jobsRemoved;
    repaired.blobsDeleted += blobsDeleted;
  }
}

function showHealth({ findings, seen }: RunsHealth, { paint }: View): string {
  const { unfinished, jobs, workers, containers } = seen;
  const looked = `Not ended: ${unfinished}. Jobs: ${jobs}. Workers alive: ${workers}. Containers of runs: ${containers}.`;
  if (findings.length === 0) return `${looked}\n${paint.green('All is in step.')}`;
  const rows = findings.map(({ kind, runId, attempt, sha256, says, mends }) => [
    paint.red(kind),
    runId ?? sha256?.slice(0, 12) ?? '–',
    attempt === null ? '' : String(attempt),
    onOneLine(says, 100),
    onOneLine(mends, 100),
  ]);
  const table = layOutTable(['finding', 'run', 'attempt', 'what is seen', 'what a repair does'], rows, paint);
  return `${looked}\n\n${table}`;
}
