import type { z } from 'zod';

type Issues = readonly z.core.$ZodIssue[];

/** A newer API may answer with more than this command line knows; with less, or with other types, it may not. */
const onlyKnowsMore = (issues: Issues): boolean =>
  issues.every(
    (issue) =>
      issue.code === 'unrecognized_keys' ||
      (issue.code === 'invalid_union' && issue.errors.some(onlyKnowsMore)),
  );

/** Why `answer` is not what the contract says, or undefined when it is. */
export function faultOf(schema: z.ZodType, answer: unknown): string | undefined {
  const { error } = schema.safeParse(answer);
  if (error === undefined || onlyKnowsMore(error.issues)) return undefined;
  const [first] = error.issues;
  return first === undefined ? 'unreadable' : `${first.path.join('.') || 'the document'}: ${first.message}`;
}
