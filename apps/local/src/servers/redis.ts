import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { requireCommand } from './find-command.js';
import type { Server } from './program.js';
import { waitUntil } from './wait-until.js';

export interface RedisOptions {
  /** Where its data lies; made with mode 0700 when absent. */
  readonly dir: string;
  readonly port: number;
  /** False for data that nobody will miss. Default true. */
  readonly durable?: boolean;
}

function passwordIn(dir: string): string {
  const file = join(dir, 'password');
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

/** In a file and not on the command line, which everybody on the machine can read. */
function writeConf(options: RedisOptions, password: string): string {
  const file = join(options.dir, 'redis.conf');
  const lines = [
    'bind 127.0.0.1',
    `port ${options.port}`,
    `requirepass ${password}`,
    // Anything else loses jobs silently when memory runs out.
    'maxmemory-policy noeviction',
    'save ""',
    ...(options.durable === false ? ['appendonly no'] : ['appendonly yes', 'appendfsync everysec']),
  ];
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  return file;
}

async function ping(port: number, password: string): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', timeout: 2_000 });
  socket.on('timeout', () => socket.destroy(new Error('it does not answer')));
  try {
    await once(socket, 'connect');
    socket.write(`AUTH ${password}\r\nPING\r\n`);
    let answer = '';
    for await (const chunk of socket) {
      answer += String(chunk);
      if (answer.includes('+PONG')) return;
      if (answer.startsWith('-') || answer.includes('\n-')) throw new Error(answer.trim());
    }
    throw new Error('it hung up');
  } finally {
    socket.destroy();
  }
}

/**
 * The machine's `redis-server` on loopback, with a password made here: ready to be started.
 *
 * @throws Error naming the remedy when there is no `redis-server`
 */
export function prepareRedis(options: RedisOptions): Server {
  const file = requireCommand(
    'redis-server',
    'Redis is missing: apt-get install redis-server (as root), or set REDIS_URL to a Redis 7 server.',
  );
  mkdirSync(options.dir, { recursive: true, mode: 0o700 });
  const password = passwordIn(options.dir);
  return {
    program: {
      name: 'redis',
      file,
      args: [writeConf(options, password)],
      cwd: options.dir,
      stopSignal: 'TERM',
      stopWithinSeconds: 10,
    },
    url: `redis://:${password}@127.0.0.1:${options.port}`,
    ready: (signal) => waitUntil('Redis answering', () => ping(options.port, password), { signal }),
  };
}
