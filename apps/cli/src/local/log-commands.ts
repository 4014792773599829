import { restoreLog } from '@stemma/event-node';
import type { Command } from 'commander';
import path from 'node:path';
import { describeCommand, describeGroup } from '../describe-command.js';
import type { Perform } from '../perform.js';
import type { Session } from '../session/open-session.js';
import type { Shown } from '../shown.js';
import { addLogBackupCommand } from './log-backup.js';
import { addLogCopyCommand } from './log-copy.js';
import { reportOn, requireLog, unusable } from './log-report.js';

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
  addLogBackupCommand(log, perform);
  addLogCopyCommand(log, perform);
}

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
    throw unusable(error);
  }
  return reportOn(target);
}
