import { spawn } from 'node:child_process';
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { Socket } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Program } from './program.js';

/**
 * The guard stands between us and a server. Its standard input is a lifeline that we hold open: when it ends, because
 * we let go or because we were killed outright, the guard asks the server to stop and kills it when it will not.
 * A shell does this for any program, in a megabyte, and without the program's help.
 *
 * Arguments: stop signal, tenths of a second to wait, directory to remove at the end (or empty), then the program.
 */
const guardScript = `
signal=$1; patience=$2; remove=$3; shift 3
exec 4<&0 </dev/null
"$@" 3>&- 4<&- &
child=$!
echo $child >&3
exec 3>&-
(
  read -r _ <&4
  exec 4<&-
  kill -$signal $child
  while [ $patience -gt 0 ] && kill -0 $child; do sleep 0.1; patience=$((patience - 1)); done
  kill -KILL $child
) >/dev/null 2>&1 &
watcher=$!
exec 4<&-
wait $child
code=$?
kill -KILL $watcher 2>/dev/null
[ -z "$remove" ] || rm -rf -- "$remove"
exit $code
`;

/** How a program ended: its exit code, 128 + n when signal n ended it. */
export interface Exit {
  readonly code: number;
}

/** A running program under guard. */
export interface Guarded {
  /** The program's own process id. */
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exited: Promise<Exit>;
  /** Lets go of the lifeline and waits until the program has ended. Safe to call twice. */
  readonly stop: () => Promise<Exit>;
  /** Lets this process end although the program runs; the program then ends too. */
  readonly unref: () => void;
}

/** Starts the guard of `program` with `stdio`, whose first entry is the lifeline and whose fourth tells the pid. */
export function spawnGuard(program: Program, stdio: StdioOptions, remove = ''): ChildProcess {
  const patience = String(Math.round(program.stopWithinSeconds * 10));
  const args = [
    '-c',
    guardScript,
    'guard',
    program.stopSignal,
    patience,
    remove,
    program.file,
    ...program.args,
  ];
  // Its own process group, so that Ctrl-C in a terminal reaches only us and we stop things in order.
  return spawn('/bin/sh', args, { detached: true, stdio, cwd: program.cwd, env: program.env ?? process.env });
}

/** What is left of a guard's process group is ended: a guard that was itself killed leaves its program behind. */
function sweepGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // No such group: nothing is left, as it should be.
  }
}

/** Resolves when the guard is gone and its last words have come; a process that fled its group cannot hold them back. */
async function outcome(guard: ChildProcess, leader: number): Promise<Exit> {
  const closed = once(guard, 'close');
  const [code, signal] = (await once(guard, 'exit')) as [number | null, NodeJS.Signals | null];
  sweepGroup(leader);
  await Promise.race([closed, pause(2_000, undefined, { ref: false })]);
  return { code: code ?? (signal === null ? 1 : 137) };
}

function unrefAll(guard: ChildProcess): void {
  guard.unref();
  for (const pipe of guard.stdio) if (pipe instanceof Socket) pipe.unref();
}

/**
 * Runs `program` so that it never outlives this process for long, not even after kill -9.
 *
 * @throws Error when the program's guard cannot be started
 */
export async function startGuarded(program: Program): Promise<Guarded> {
  const guard = spawnGuard(program, ['pipe', 'pipe', 'pipe', 'pipe']);
  const spawned = once(guard, 'spawn');
  const lifeline = guard.stdin;
  const pidPipe = guard.stdio[3];
  if (lifeline === null || guard.stdout === null || guard.stderr === null || !(pidPipe instanceof Readable)) {
    throw new Error(`The guard of ${program.name} has no pipes.`);
  }
  // Read from the first moment: what nobody reads yet when a program ends, Node throws away.
  const stdout = guard.stdout.pipe(new PassThrough());
  const stderr = guard.stderr.pipe(new PassThrough());
  lifeline.on('error', () => undefined);
  await spawned;
  const exited = outcome(guard, guard.pid ?? 0);
  const pid = Number(await text(pidPipe));
  const stop = (): Promise<Exit> => {
    lifeline.end();
    return exited;
  };
  return { pid, stdout, stderr, exited, stop, unref: () => unrefAll(guard) };
}
