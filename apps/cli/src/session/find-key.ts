import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { exitCodes } from '../exit-codes.js';
import { Failure, reasonOf, usageFailure } from '../failure.js';

interface Hints {
  /** `--as` */
  readonly name: string | undefined;
  /** STEMMA_API_KEY */
  readonly setting: string | undefined;
  readonly stateDir: string;
  /** Whose key is shown when nobody is named: the author's when absent. */
  readonly usual?: string;
}

const NAME = /^[a-z0-9][a-z0-9._-]{0,99}$/i;

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter((name) => !name.endsWith('.new'))
      .sort();
  } catch {
    return [];
  }
}

function noCredential(name: string, directory: string, error: unknown): Failure {
  const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
  const fault = missing
    ? `There is no credential “${name}” in ${directory}.`
    : `The credential “${name}” cannot be read: ${reasonOf(error)}.`;
  const names = namesIn(directory);
  const known =
    names.length === 0
      ? '`npm start` makes the first ones; or set STEMMA_API_KEY.'
      : `There are: ${names.join(', ')}.`;
  const problem = { code: 'no-credential', title: 'No credential', detail: `${fault} ${known}` };
  return new Failure(exitCodes.auth, problem);
}

/**
 * The key to show: STEMMA_API_KEY, else the file of that name in the state directory.
 *
 * @throws Failure when there is none, or when two are named
 */
export function findKey({ name, setting, stateDir, usual = 'author' }: Hints): string {
  if (setting !== undefined && name !== undefined) {
    throw usageFailure(
      `STEMMA_API_KEY is set, so --as ${name} would not count. Unset it, or leave out --as.`,
    );
  }
  if (setting !== undefined) return setting;
  const wanted = name ?? usual;
  if (!NAME.test(wanted)) {
    throw usageFailure(`“${wanted}” is no name of a credential: letters, digits and . _ - only.`);
  }
  const directory = path.join(stateDir, 'credentials');
  try {
    return readFileSync(path.join(directory, wanted), 'utf8').trim();
  } catch (error) {
    throw noCredential(wanted, directory, error);
  }
}
