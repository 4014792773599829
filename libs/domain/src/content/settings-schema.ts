import { z } from 'zod';

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

/** What a version sets for its runs. These words have a meaning; all others are the script's own, as JSON. */
export const settingsSchema = z
  .object({
    retries: retries.optional(),
    /** The variables that its runs may set, and of which type each is; without it any. */
    variables: z.record(variableName, variableType).optional(),
  })
  .catchall(z.json())
  .refine((settings) => !Object.hasOwn(settings, 'secrets'), {
    path: ['secrets'],
    message: 'is kept for later: runs are not given secrets yet',
  });
