import { adminAddress } from '@stemma/event-node';
import type { Command } from 'commander';
import path from 'node:path';
import { describeCommand } from '../describe-command.js';
import { exitCodes } from '../exit-codes.js';
import { Failure, reasonOf, usageFailure } from '../failure.js';
import type { Perform } from '../perform.js';
import type { Session } from '../session/open-session.js';
import type { Shown } from '../shown.js';
import { reportOn } from './log-report.js';

interface Options {
  readonly to: string;
  readonly dir?: string;
  readonly admin?: string;
}

export function addLogBackupCommand(log: Command, perform: Perform): void {
  describeCommand(log, {
    usage: 'backup',
    help: 'Back up the log of a running event node through its admin port, and verify the backup.',
    examples: [
      ['stemma log backup --dir .stemma/eventstore --to ./backup', 'the node that npm start runs'],
      ['stemma log backup --admin http://127.0.0.1:4286 --to ./backup', 'a node by its admin port'],
    ],
  })
    .requiredOption('--to <directory>', 'where to put the backup: new or empty')
    .option('--dir <directory>', 'where the log lies: its node has written down its admin port there')
    .option('--admin <url>', 'the admin port of the node')
    .action(perform(backup));
}

/** A large log takes its time. */
const WITHIN_MS = 3_600_000;

function findAdmin(cwd: string, { dir, admin }: Options): string {
  if (admin !== undefined) return admin;
  if (dir === undefined)
    throw usageFailure('Name the log by --dir or the admin port of its node by --admin.');
  const found = adminAddress(path.resolve(cwd, dir));
  if (found !== undefined) return found;
  throw usageFailure(
    `No event node with an admin port runs on ${dir}. A stopped one needs no backup command: copy the directory.`,
    ['stemma event-node --dir <directory> --admin-port 4286'],
  );
}

async function ask(admin: string, dir: string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(new URL('/backup', admin), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ dir }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)]),
    });
  } catch (error) {
    signal.throwIfAborted();
    throw new Failure(exitCodes.unavailable, {
      code: 'event-node-away',
      title: 'The event node does not answer',
      detail: `Nothing answers at ${admin} (${reasonOf(error)}). A stopped node’s directory can simply be copied.`,
    });
  }
}

async function backup({ world }: Session, options: Options): Promise<Shown> {
  const to = path.resolve(world.cwd, options.to);
  const answer = await ask(findAdmin(world.cwd, options), to, world.signal);
  if (answer.ok) return reportOn(to);
  const { detail } = (await answer.json().catch(() => ({}))) as { readonly detail?: string };
  throw new Failure(exitCodes.refused, {
    code: 'backup-failed',
    title: 'The log was not backed up',
    detail: detail ?? `The event node answered ${answer.status}.`,
  });
}
