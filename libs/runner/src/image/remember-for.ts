import { stat } from 'node:fs/promises';

interface Known<T> {
  readonly made: Promise<T>;
  readonly version: string;
  readonly at: number;
}

/** What was made of a program, for so long, and as long as nobody touches the program. A failure is not remembered. */
export function rememberFor<T>(
  milliseconds: number,
  make: (program?: string) => Promise<T>,
): (program?: string) => Promise<T> {
  const known = new Map<string, Known<T>>();
  return async (program) => {
    const key = program ?? '';
    const version = await versionOf(key);
    const found = known.get(key);
    const isFresh = found?.version === version && performance.now() - found.at < milliseconds;
    if (isFresh) return found.made;
    const made = make(program);
    known.set(key, { made, version, at: performance.now() });
    made.catch(() => known.delete(key));
    return made;
  };
}

async function versionOf(program: string): Promise<string> {
  const found = program === '' ? null : await stat(program).catch(() => null);
  return found === null ? '' : `${found.ino} ${found.size} ${found.mtimeMs}`;
}
