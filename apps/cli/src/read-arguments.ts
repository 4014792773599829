import {
  asOfParameter,
  idempotencyKeySchema,
  jobIdParameter,
  keyIdParameter,
  numberParameter,
  projectionParameter,
  runIdParameter,
  secretParameter,
  slugParameter,
  subjectParameter,
} from '@stemma/contracts';
import { InvalidArgumentError } from 'commander';
import type { z } from 'zod';

/** A reader of one word of the command line, by the schema that the API uses for it. */
const reader =
  <T>(schema: z.ZodType<T>) =>
  (word: string): T => {
    const { data, error } = schema.safeParse(word);
    if (error === undefined) return data;
    throw new InvalidArgumentError(`It ${error.issues.map(({ message }) => message).join(', ')}.`);
  };

export const readSlug = reader(slugParameter);
export const readNumber = reader(numberParameter);
export const readRunId = reader(runIdParameter);
export const readProjection = reader(projectionParameter);
export const readJobId = reader(jobIdParameter);
export const readKeyId = reader(keyIdParameter);
export const readSubject = reader(subjectParameter);
export const readSecretName = reader(secretParameter);
export const readIdempotencyKey = reader(idempotencyKeySchema);

/** A version number, or 0 for “there was none”. */
export const readBase = (word: string): number => (word === '0' ? 0 : readNumber(word));

/** Collects an option that may be given several times. */
export const collect = (word: string, earlier: readonly string[] = []): readonly string[] => [
  ...earlier,
  word,
];

export function readWhole(word: string): number {
  if (/^[1-9]\d{0,8}$/.test(word)) return Number(word);
  throw new InvalidArgumentError('It must be a whole number: 1, 2, …');
}

export type Pair = readonly [name: string, value: string];

/** `name=value`, given any number of times; the value may have `=` in it. */
export function collectPairs(word: string, earlier: readonly Pair[] = []): readonly Pair[] {
  const at = word.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must be of the form name=value.');
  return [...earlier, [word.slice(0, at), word.slice(at + 1)]];
}

/** A date stands for its first instant in UTC. */
export function readInstant(word: string): string {
  const isWhole = /^\d{4}-\d{2}-\d{2}(T.+(Z|[+-]\d{2}:\d{2}))?$/.test(word);
  const date = new Date(word);
  if (!isWhole || Number.isNaN(date.getTime()))
    throw new InvalidArgumentError('It must be a date, or a time with its zone: 2026-11-21T08:00:00Z.');
  return date.toISOString();
}

/** A moment in the past, in the words of the API; a date stands for its first instant in UTC. */
export function readMoment(word: string): string {
  if (asOfParameter.safeParse(word).success) return word;
  if (/^\d{4}-\d{2}-\d{2}$/.test(word) && !Number.isNaN(Date.parse(word)))
    return new Date(word).toISOString();
  throw new InvalidArgumentError(
    'It must be a position of the log, a Stemma-Position, a date, or a time with its zone: 2026-11-21T08:00:00Z.',
  );
}
