import { readConfig } from '@stemma/config';
import { DirectoryInUseError, type EventNode, startEventNode } from '@stemma/event-node';
import { createLogger } from '@stemma/observability';
import { type Command, InvalidArgumentError } from 'commander';
import { once } from 'node:events';
import path from 'node:path';
import { describeCommand } from '../describe-command.js';
import { exitCodes } from '../exit-codes.js';
import { Failure, reasonOf } from '../failure.js';
import type { Perform } from '../perform.js';
import type { Session } from '../session/open-session.js';
import type { Shown } from '../shown.js';

interface Options {
  readonly dir: string;
  readonly host: string;
  readonly port: number;
}

export function addEventNodeCommand(program: Command, perform: Perform): void {
  describeCommand(program, {
    usage: 'event-node',
    help: 'Run the event node alone, until Ctrl-C: one machine’s event store, spoken to as EventStoreDB.',
    examples: [
      ['stemma event-node --dir ./log --port 2113', 'then EVENTSTORE_URL="esdb://127.0.0.1:2113?tls=false"'],
      ['stemma event-node --dir ./log --port 0 --json', 'a free port, told as JSON once it listens'],
    ],
  })
    .requiredOption('--dir <directory>', 'where the log lies; made when missing')
    .option('--port <number>', 'the port; 0 takes a free one', readPort, 2113)
    .option('--host <address>', 'the address to listen on', '127.0.0.1')
    .action(perform(runEventNode));
}

function readPort(word: string): number {
  if (/^\d{1,5}$/.test(word) && Number(word) <= 65_535) return Number(word);
  throw new InvalidArgumentError('It must be a port: 0 to 65535.');
}

async function start({ world }: Session, { dir, host, port }: Options): Promise<EventNode> {
  const level = readConfig(world.env).logLevel;
  const log = createLogger({ name: 'event-node', level, to: world.stderr });
  try {
    return await startEventNode({ dir: path.resolve(world.cwd, dir), host, port, log });
  } catch (error) {
    const inUse = error instanceof DirectoryInUseError;
    const problem = {
      code: inUse ? 'directory-in-use' : 'node-cannot-start',
      title: 'The event node cannot start',
      detail: reasonOf(error),
    };
    throw new Failure(inUse ? exitCodes.conflict : exitCodes.refused, problem);
  }
}

async function runEventNode(session: Session, options: Options): Promise<Shown> {
  const { signal } = session.world;
  const node = await start(session, options);
  return {
    data: { url: node.url, port: node.port, dir: path.resolve(session.world.cwd, options.dir) },
    text: ({ paint }) => `The event node listens at ${paint.bold(node.url)}. Ctrl-C ends it.`,
    goOn: async () => {
      if (!signal.aborted) await once(signal, 'abort');
      await node.stop();
    },
  };
}
