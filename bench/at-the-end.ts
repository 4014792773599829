import { mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';

type Undo = () => Promise<void>;
const open: Undo[] = [];

/**
 * What a bench or a soak has to undo: by the answered function when it ends, or by `endBySignal` when it is ended. Done
 * once, however often it is asked for.
 */
export function atTheEnd(undo: Undo): Undo {
  let undone: Promise<void> | undefined;
  const once: Undo = () => {
    const at = open.indexOf(once);
    if (at >= 0) open.splice(at, 1);
    undone ??= undo();
    return undone;
  };
  open.push(once);
  return once;
}

export interface Temporary {
  readonly dir: string;
  readonly remove: Undo;
}

/** A new directory below the system's temporary one. */
export async function makeTemporary(prefix: string): Promise<Temporary> {
  const dir = await mkdtemp(path.join(tmpdir(), prefix));
  return { dir, remove: atTheEnd(() => rm(dir, { recursive: true, force: true })) };
}

/** SIGINT and SIGTERM undo what was begun, the last first, and end the process as the signal would have. */
export function endBySignal(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void undoAll().then(() => process.exit(128 + constants.signals[signal]));
    });
  }
}

async function undoAll(): Promise<void> {
  for (let undo = open.at(-1); undo; undo = open.at(-1)) await undo().catch(() => undefined);
}
