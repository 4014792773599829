import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { reasonOf, usageFailure } from '../failure.js';
import type { World } from '../world.js';

export type Runtime = 'node' | 'python' | 'shell';

const runtimes: Readonly<Record<string, Runtime>> = {
  '.py': 'python',
  '.js': 'node',
  '.mjs': 'node',
  '.cjs': 'node',
  '.sh': 'shell',
};

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The whole text of a file, or of standard input for `-`, byte for byte. */
export async function readText(file: string, { cwd, stdin }: World): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = file === '-' ? await buffer(stdin) : await readFile(path.resolve(cwd, file));
  } catch (error) {
    throw usageFailure(`${file} cannot be read: ${reasonOf(error)}.`);
  }
  try {
    return utf8.decode(bytes);
  } catch {
    throw usageFailure(`${file} is not UTF-8 text. A version holds text; give data to its runs with --file.`);
  }
}

/** A file that holds JSON. */
export async function readJson(file: string, world: World): Promise<unknown> {
  const text = await readText(file, world);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw usageFailure(`${file} is not JSON: ${reasonOf(error)}.`);
  }
}

/** A file that holds a JSON object; undefined when none is named. */
export async function readJsonObject(
  file: string | undefined,
  world: World,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (file === undefined) return undefined;
  const value = await readJson(file, world);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw usageFailure(`${file} holds JSON, but no object: it has to begin with {.`);
}

/** What runs a source, by the ending of its file. */
export function guessRuntime(file: string): Runtime {
  const ending = path.extname(file).toLowerCase();
  const runtime = runtimes[ending];
  if (runtime !== undefined) return runtime;
  const known = Object.entries(runtimes).map(([known, name]) => `${known} → ${name}`);
  throw usageFailure(
    `What runs ${file}? Say --runtime node, python or shell; it is known for ${known.join(', ')}.`,
  );
}
