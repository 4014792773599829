import { usageFailure } from '../failure.js';
import { readText } from '../script/read-source.js';
import { askHidden } from '../session/ask-hidden.js';
import type { World } from '../world.js';

/** A value as it is typed unseen, piped in or in a file, without the line end at its end; never from the command line. */
export async function readValue(world: World, name: string, file: string | undefined): Promise<string> {
  const value =
    file === undefined && world.stdin.isTTY === true
      ? await askHidden(world, `Value of ${name} (it is not shown): `)
      : (await readText(file ?? '-', world)).replace(/\r?\n$/, '');
  if (value === '') throw usageFailure('There is no value: type it, pipe it in, or name a file with --file.');
  return value;
}
