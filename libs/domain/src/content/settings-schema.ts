import { z } from 'zod';
import { runTimeout, secretName } from '../shared/schemas.js';

/** The name of a variable. */
export const variableName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,62}$/, 'must be a letter, then up to 62 of A-Z a-z 0-9 _ -');

export const variableType = z.enum(['string', 'number', 'boolean', 'json']);

/** Again, after a failure of the script: so often at most, after so long, and twice as long each time. */
const retries = z.strictObject({
  max: z.int().min(0).max(10),
  backoffSeconds: z.number().min(0.1).max(3_600).optional(),
});

const secrets = z
  .array(secretName)
  .max(32)
  .refine((names) => new Set(names).size === names.length, 'must name each secret once');

/** What a version sets for its runs. These words have a meaning; all others are the script's own, as JSON. */
export const settingsSchema = z
  .object({
    /** How long each of its attempts may take, unless the request says otherwise. */
    timeoutMs: runTimeout.optional(),
    retries: retries.optional(),
    /** The variables that its runs may set, and of which type each is; without it any. */
    variables: z.record(variableName, variableType).optional(),
    /** The secrets that its runs are given, by name: whoever reviews the version sees them. */
    secrets: secrets.optional(),
  })
  .catchall(z.json());
