import { secretSettingNames } from '@stemma/config';
import { destination, pino, stdTimeFunctions } from 'pino';
import type { DestinationStream, LevelWithSilent, Logger } from 'pino';
import { hideSecrets } from './hide-secrets.js';

export type { Logger };

export interface LoggerOptions {
  /** The process: `api`, `projector`, … */
  readonly name: string;
  readonly level?: LevelWithSilent;
  /** Where the lines go. Standard error by default, so that standard output stays free for results. */
  readonly to?: DestinationStream;
}

const secretFields = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'token',
  'apiKey',
  'key',
  ...secretSettingNames,
];

/**
 * A logger of JSON lines: `level` as a word, `time` as ISO 8601, `name`, `pid`, `msg`, `err`.
 * Fields that hold secrets are left out by name, down to three levels, and API keys and credentials in URLs wherever
 * they stand in a line. What each level means is in this library's README.
 */
export function createLogger({ name, level = 'info', to = destination(2) }: LoggerOptions): Logger {
  const paths = secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);
  return pino(
    {
      level,
      base: { name, pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths, censor: '[hidden]' },
      hooks: { streamWrite: hideSecrets },
    },
    to,
  );
}
