import type { Command } from 'commander';
import { usageFailure } from '../failure.js';
import { readProjection } from '../read-arguments.js';

/** Which projections a command is about, as the API takes it. */
export type Named = 'all' | string[];

const gather = (word: string, earlier: readonly string[] = []): readonly string[] => [
  ...earlier,
  readProjection(word),
];

/** Adds `[name...]` and `--all` to a command. */
export const nameProjections = (command: Command): Command =>
  command
    .argument('[name...]', 'projections, as `stemma projections status` names them', gather)
    .option('--all', 'all of them');

/** @throws Failure when neither names nor --all are given, or both */
export function namedBy(names: readonly string[] | undefined, all: boolean | undefined): Named {
  const some = names ?? [];
  if (all === true && some.length === 0) return 'all';
  if (all !== true && some.length > 0) return [...some];
  throw usageFailure('Name projections, or all of them with --all.', ['stemma projections status']);
}
