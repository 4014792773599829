import type { Command } from 'commander';
import { describeCommand } from '../describe-command.js';
import type { Perform } from '../perform.js';
import type { Session } from '../session/open-session.js';
import { showPool } from '../show/show-pool.js';
import type { Shown } from '../shown.js';

export function addPoolCommand(program: Command, perform: Perform): void {
  describeCommand(program, {
    usage: 'pool',
    help: 'Show the workers and their warm containers, for operators. Acts as admin unless told otherwise.',
    examples: [['stemma pool --json', 'sizes, hits and misses, for machines']],
  }).action(perform(pool));
}

async function pool({ api }: Session): Promise<Shown> {
  const data = await api.call('showPool', {});
  return { data, text: (view) => showPool(data.items, view) };
}
