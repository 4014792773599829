import { DamagedLogError, type LogReport, restoreLog, verifyLog } from '@stemma/event-node';
import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describeCommand, describeGroup } from '../describe-command.js';
import { exitCodes } from '../exit-codes.js';
import { Failure, reasonOf, usageFailure } from '../failure.js';
import type { Perform } from '../perform.js';
import type { Session } from '../session/open-session.js';
import { layOutFields } from '../show/lay-out-table.js';
import { plain } from '../show/plain-text.js';
import type { Shown } from '../shown.js';
import { addLogCopyCommand } from './log-copy.js';

export function addLogCommands(program: Command, perform: Perform): void {
  const log = describeGroup(
    program,
    'log',
    'The event log: verify, back up and restore the one on this machine, copy it to another event store.',
  );
  describeCommand(log, {
    usage: 'verify',
    help: 'Read every record (the node has to be stopped), rebuild heads and places, and compare them with the index. Changes nothing.',
    examples: [['stemma log verify --dir .stemma/eventstore', 'exit code 0 when sound, 1 when not']],
  })
    .requiredOption('--dir <directory>', 'where the log lies')
    .action(perform(verify));
  describeCommand(log, {
    usage: 'restore',
    help: 'Put a backup in place as the directory of an event node, and verify it.',
    examples: [['stemma log restore --from ./backup --dir ./log', 'the directory has to be new or empty']],
  })
    .requiredOption('--from <directory>', 'the backup')
    .requiredOption('--dir <directory>', 'where to put it')
    .action(perform(restore));
  addLogCopyCommand(log, perform);
}

function requireLog(dir: string): void {
  if (!existsSync(path.join(dir, 'segments'))) throw usageFailure(`There is no log in ${dir}.`);
}

function failureOf(error: unknown): Failure {
  const code = error instanceof DamagedLogError ? 'log-damaged' : 'log-unusable';
  return new Failure(exitCodes.refused, { code, title: 'The log cannot be used', detail: reasonOf(error) });
}

async function reportOn(dir: string): Promise<Shown> {
  requireLog(dir);
  const report = await verifyLog(dir).catch((error: unknown) => {
    throw failureOf(error);
  });
  const sound = report.problems.length === 0;
  return { data: report, text: showReport(report), exitCode: sound ? exitCodes.ok : exitCodes.refused };
}

const showReport =
  ({ dir, records, streams, erased, end, problems }: LogReport): Shown['text'] =>
  ({ paint }) => {
    const verdict = problems.length === 0 ? paint.green('sound') : paint.red('not sound');
    const facts = layOutFields(
      [
        ['log', plain(dir)],
        ['records', `${records}${erased === 0 ? '' : `, ${erased} of them erased`}`],
        ['streams', String(streams)],
        ['end', String(end)],
        ['verdict', verdict],
      ],
      paint,
    );
    return [facts, ...problems.map((problem) => `  ${plain(problem)}`)].join('\n');
  };

const verify = ({ world }: Session, { dir }: { readonly dir: string }): Promise<Shown> =>
  reportOn(path.resolve(world.cwd, dir));

async function restore(
  { world }: Session,
  { from, dir }: { readonly from: string; readonly dir: string },
): Promise<Shown> {
  const [source, target] = [path.resolve(world.cwd, from), path.resolve(world.cwd, dir)];
  requireLog(source);
  try {
    restoreLog(source, target);
  } catch (error) {
    throw failureOf(error);
  }
  return reportOn(target);
}
