import type { Command } from 'commander';
import { readMoment } from './read-arguments.js';

/** A question about the past, as the API takes it. */
export interface AsOf {
  readonly asOf?: string;
}

/** Adds `--as-of` to a command that looks. */
export const withMoment = (command: Command): Command =>
  command.option(
    '--as-of <moment>',
    'as it was then: a position of the log, a date (its first instant in UTC), or a time with its zone',
    readMoment,
  );
