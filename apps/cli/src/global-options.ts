import { type Command, Option } from 'commander';
import { readIdempotencyKey } from './read-arguments.js';

/** Understood by every command, before or after its name. */
export interface GlobalOptions {
  readonly as?: string;
  readonly url?: string;
  readonly json?: boolean;
  readonly color?: boolean;
  readonly idempotencyKey?: string;
}

const definitions: readonly (readonly [flags: string, help: string, read?: (word: string) => string])[] = [
  ['--as <name>', 'act with the credential of that name (default: author; admin for operators’ commands)'],
  ['--url <address>', 'the API to speak to (default: the one that runs here)'],
  ['--json', 'for machines: one JSON document on stdout, problems as JSON on stderr'],
  ['--no-color', 'no colours; so does NO_COLOR, and an output that is no terminal'],
  ['--idempotency-key <key>', 'names this request, so that repeating it does it once', readIdempotencyKey],
];

const global = (flags: string, help: string): Option => new Option(flags, help).helpGroup('Global options:');

export const helpOption = global('-h, --help', 'this help');

/** Called when the tree is complete: what is special to a command stands before what all have. */
export function addGlobalOptions(command: Command): void {
  for (const [flags, help, read] of definitions) {
    const option = global(flags, help);
    command.addOption(read === undefined ? option : option.argParser(read));
  }
  for (const child of command.commands) addGlobalOptions(child);
}

const chainOf = (command: Command): readonly Command[] =>
  command.parent === null ? [command] : [...chainOf(command.parent), command];

/** The global options as given anywhere on the line; the one nearest to the command counts. */
export function globalOptionsOf(command: Command): GlobalOptions {
  const found: Record<string, unknown> = {};
  for (const { key, owner } of chainOf(command).flatMap((owner) => keys.map((key) => ({ key, owner })))) {
    if (owner.getOptionValueSource(key) === 'cli') found[key] = owner.getOptionValue(key);
  }
  return found;
}

const keys: readonly (keyof GlobalOptions)[] = ['as', 'url', 'json', 'color', 'idempotencyKey'];
