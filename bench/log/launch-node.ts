import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { atTheEnd } from '../at-the-end.js';

export interface LaunchedNode {
  readonly url: string;
  readonly pid: number;
  /** From the start of the process until it served. */
  readonly startMs: number;
  /** Memory of its own now, MB, without mapped files, which the system takes back at will; NaN without /proc. */
  readonly memoryMb: () => number;
  readonly stop: () => Promise<void>;
}

const here = import.meta.dirname;
/** From dist/log. */
const SCRIPTS = {
  node: path.resolve(here, '../../../libs/event-node/dist/main.js'),
  noop: path.join(here, 'noop-node.js'),
};

/** The event node on `dir`, or a server that answers the same and stores nothing, each in a process of its own. */
export async function launchNode(
  kind: keyof typeof SCRIPTS,
  args: readonly string[],
  profileTo?: string,
): Promise<LaunchedNode> {
  const profile =
    profileTo === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${path.resolve(profileTo, kind)}`];
  const began = performance.now();
  const child = spawn(process.execPath, [...profile, SCRIPTS[kind], ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { pid } = child;
  const stop = atTheEnd(async () => {
    const ended = once(child, 'close');
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await ended;
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const told = JSON.parse(line) as { readonly msg: string; readonly url: string };
    if (told.msg !== 'ready' || pid === undefined) continue;
    return {
      url: told.url,
      pid,
      startMs: performance.now() - began,
      memoryMb: () => ownMb(pid),
      stop,
    };
  }
  throw new Error(`The ${kind} ended before it was ready.`);
}

function ownMb(pid: number): number {
  try {
    return Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}
