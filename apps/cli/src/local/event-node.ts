import { readConfig } from '@stemma/config';
import {
  DirectoryInUseError,
  type EventNode,
  type EventNodeOptions,
  startEventNode,
} from '@stemma/event-node';
import { createLogger } from '@stemma/observability';
import { type Command, InvalidArgumentError } from 'commander';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { describeCommand } from '../describe-command.js';
import { exitCodes } from '../exit-codes.js';
import { Failure, reasonOf, usageFailure } from '../failure.js';
import type { Perform } from '../perform.js';
import type { Session } from '../session/open-session.js';
import type { Shown } from '../shown.js';

interface Options {
  readonly dir: string;
  readonly host: string;
  readonly port: number;
  readonly adminPort?: number;
  readonly tlsKey?: string;
  readonly tlsCert?: string;
  readonly users?: string;
}

export function addEventNodeCommand(program: Command, perform: Perform): void {
  describeCommand(program, {
    usage: 'event-node',
    help: 'Run the event node alone, until Ctrl-C: one machine’s event store, spoken to as EventStoreDB.',
    examples: [
      ['stemma event-node --dir ./log --port 2113', 'then EVENTSTORE_URL="esdb://127.0.0.1:2113?tls=false"'],
      ['stemma event-node --dir ./log --port 0 --json', 'a free port, told as JSON once it listens'],
      [
        'stemma event-node --dir ./log --admin-port 4286 --tls-key key.pem --tls-cert cert.pem --users users.json',
        'TLS, users, metrics',
      ],
    ],
  })
    .requiredOption('--dir <directory>', 'where the log lies; made when missing')
    .option('--port <number>', 'the port; 0 takes a free one', readPort, 2113)
    .option('--host <address>', 'the address to listen on', '127.0.0.1')
    .option(
      '--admin-port <number>',
      'health, Prometheus metrics and backups on loopback; 0 takes a free one',
      readPort,
    )
    .option('--tls-key <file>', 'speak TLS: the private key, PEM')
    .option('--tls-cert <file>', 'speak TLS: the certificate, PEM')
    .option('--users <file>', 'ask for credentials: {"name": "password", …} as JSON; needs TLS')
    .action(perform(runEventNode));
}

function readPort(word: string): number {
  if (/^\d{1,5}$/.test(word) && Number(word) <= 65_535) return Number(word);
  throw new InvalidArgumentError('It must be a port: 0 to 65535.');
}

function readText(cwd: string, file: string): string {
  try {
    return readFileSync(path.resolve(cwd, file), 'utf8');
  } catch (error) {
    throw usageFailure(`${file} cannot be read: ${reasonOf(error)}.`);
  }
}

function usersIn(cwd: string, file: string): Readonly<Record<string, string>> {
  try {
    return z.record(z.string().regex(/^[^:]+$/), z.string().min(1)).parse(JSON.parse(readText(cwd, file)));
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw usageFailure(`${file} holds no users: it looks like {"name": "password"}.`);
  }
}

/** TLS and users of the node, as the files say. */
function secrets(cwd: string, { tlsKey, tlsCert, users }: Options): Pick<EventNodeOptions, 'tls' | 'users'> {
  if ((tlsKey === undefined) !== (tlsCert === undefined)) {
    throw usageFailure('TLS needs both: --tls-key and --tls-cert.');
  }
  if (users !== undefined && tlsKey === undefined) {
    throw usageFailure(
      'Users need TLS, for the client sends credentials over TLS only: --tls-key and --tls-cert.',
    );
  }
  return {
    ...(tlsKey !== undefined &&
      tlsCert !== undefined && { tls: { key: readText(cwd, tlsKey), cert: readText(cwd, tlsCert) } }),
    ...(users !== undefined && { users: usersIn(cwd, users) }),
  };
}

async function start({ world }: Session, options: Options): Promise<EventNode> {
  const { dir, host, port, adminPort } = options;
  const guarded = secrets(world.cwd, options);
  const level = readConfig(world.env).logLevel;
  const log = createLogger({ name: 'event-node', level, to: world.stderr });
  try {
    return await startEventNode({
      dir: path.resolve(world.cwd, dir),
      host,
      port,
      log,
      ...guarded,
      ...(adminPort !== undefined && { adminPort }),
    });
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
    data: {
      url: node.url,
      port: node.port,
      adminPort: node.adminPort ?? null,
      dir: path.resolve(session.world.cwd, options.dir),
    },
    text: ({ paint }) => {
      const admin =
        node.adminPort === undefined
          ? ''
          : ` Health and metrics: http://127.0.0.1:${node.adminPort}/health/ready, /metrics.`;
      return `The event node listens at ${paint.bold(node.url)}.${admin} Ctrl-C ends it.`;
    },
    goOn: async () => {
      if (!signal.aborted) await once(signal, 'abort');
      await node.stop();
    },
  };
}
