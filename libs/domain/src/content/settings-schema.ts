import { z } from 'zod';

/** The name of a variable or a secret. */
const name = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,62}$/, 'must be a letter, then up to 62 of A-Z a-z 0-9 _ -');

export const secretName = name;
export const variableName = name;

export const variableType = z.enum(['string', 'number', 'boolean', 'json']);

/** Again, after a failure of the script: so often at most, after so long, and twice as long each time. */
const retries = z.strictObject({
  max: z.int().min(0).max(10),
  backoffSeconds: z.number().min(0.1).max(3_600).optional(),
});

/** What a version sets for its runs. These words have a meaning; all others are the script's own, as JSON. */
export const settingsSchema = z
  .object({
    retries: retries.optional(),
    /** Secrets of the tenant that its runs are given, by name. */
    secrets: z.array(secretName).max(20).optional(),
    /** The variables that its runs may set, and of which type each is; without it any. */
    variables: z.record(variableName, variableType).optional(),
  })
  .catchall(z.json());
