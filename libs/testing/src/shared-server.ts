import { spawnGuard, takeLock, waitUntil } from '@stemma/local/servers';
import type { Server } from '@stemma/local/servers';
import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** A server that all specs of one run use together, whichever process they are in. */
export interface SharedServer<Facts> {
  readonly name: string;
  /** Makes it, in an empty directory of its own that is removed when it ends. */
  readonly prepare: (dir: string) => Promise<{ readonly server: Server; readonly facts: Facts }>;
}

const checkout = createHash('sha256')
  .update(import.meta.url)
  .digest('hex')
  .slice(0, 12);
const homeOf = (name: string): string => join(tmpdir(), `stemma-test-${userInfo().uid}-${checkout}`, name);

/**
 * Becomes a writer of the lifeline, if a guard reads it. The descriptor is never closed: it counts this process as a
 * user until it ends, however it ends, and the server stops with its last user.
 */
function becomeUser(lifeline: string): boolean {
  try {
    openSync(lifeline, constants.O_WRONLY | constants.O_NONBLOCK);
    return true;
  } catch {
    return false;
  }
}

function spawnDetached(home: string, data: string, server: Server): Promise<never> {
  const lifeline = join(home, 'lifeline');
  rmSync(lifeline, { force: true });
  execFileSync('mkfifo', ['-m', '600', lifeline]);
  // Both ends first: the guard must inherit a reader that has a writer, or its lifeline would end at once.
  openSync(lifeline, constants.O_RDWR | constants.O_NONBLOCK);
  const reader = openSync(lifeline, constants.O_RDONLY);
  const log = openSync(join(home, 'log'), 'w', 0o600);
  const guard = spawnGuard(server.program, [reader, log, log, 'ignore'], data);
  closeSync(reader);
  closeSync(log);
  guard.unref();
  return new Promise((_resolve, reject) => {
    guard.once('exit', () =>
      reject(
        new Error(`${server.program.name} ended: ${readFileSync(join(home, 'log'), 'utf8').slice(-2_000)}`),
      ),
    );
  });
}

async function startFresh<Facts>(shared: SharedServer<Facts>, home: string): Promise<void> {
  const data = join(home, `data-${randomUUID()}`);
  mkdirSync(data, { mode: 0o700 });
  const { server, facts } = await shared.prepare(data);
  await Promise.race([server.ready(), spawnDetached(home, data, server)]);
  writeFileSync(join(home, 'facts.new'), JSON.stringify(facts), { mode: 0o600 });
  renameSync(join(home, 'facts.new'), join(home, 'facts'));
}

async function joinOrStart<Facts, Result>(
  shared: SharedServer<Facts>,
  home: string,
  use: (facts: Facts) => Promise<Result>,
): Promise<Result> {
  const facts = join(home, 'facts');
  const read = (): Facts => JSON.parse(readFileSync(facts, 'utf8')) as Facts;
  if (existsSync(facts) && becomeUser(join(home, 'lifeline'))) {
    // It may be on its way out, its last user having just left: then a fresh one is made.
    const result = await use(read()).then(
      (value) => ({ value }),
      () => undefined,
    );
    if (result !== undefined) return result.value;
  }
  rmSync(facts, { force: true });
  await startFresh(shared, home);
  return use(read());
}

/**
 * Does `use` with the facts of the shared server, starting it when nobody uses one yet. It goes on serving until the
 * last process that came by here has ended.
 */
export async function withSharedServer<Facts, Result>(
  shared: SharedServer<Facts>,
  use: (facts: Facts) => Promise<Result>,
): Promise<Result> {
  const home = homeOf(shared.name);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const { release } = await lock(join(home, 'lock'));
  try {
    return await joinOrStart(shared, home, use);
  } finally {
    release();
  }
}

async function lock(file: string): Promise<{ release: () => void }> {
  let got = takeLock(file);
  await waitUntil(
    `the lock ${file}`,
    () => {
      if ('heldBy' in got) got = takeLock(file);
      return 'heldBy' in got
        ? Promise.reject(new Error(`process ${got.heldBy} holds it`))
        : Promise.resolve();
    },
    { withinMs: 120_000 },
  );
  if ('heldBy' in got) throw new Error(`${file} is held by process ${got.heldBy}`);
  return got;
}
