import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Servers' binaries lie where an ordinary user's PATH does not always look. */
const systemDirs = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The path of `command` on this machine, if it is there. */
export function findCommand(command: string, path = process.env['PATH'] ?? ''): string | undefined {
  return [...path.split(delimiter), ...systemDirs].map((dir) => join(dir, command)).find(isExecutable);
}

/** @throws Error with the words of `remedy` when this machine has no `command` */
export function requireCommand(command: string, remedy: string): string {
  const file = findCommand(command);
  if (file === undefined) throw new Error(remedy);
  return file;
}
