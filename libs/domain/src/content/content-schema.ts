import { z } from 'zod';
import { settingsSchema } from './settings-schema.js';

/** What a version of a code script is, whole (DESIGN §6). Every field counts in the hash (HAZARDS T1). */
export const contentSchema = z.strictObject({
  runtime: z.enum(['node', 'python', 'shell']),
  /** The function to call. */
  entrypoint: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, 'must be the name of a function')
    .default('run'),
  source: z
    .string()
    .min(1)
    .refine(
      (value) => value.isWellFormed() && !value.includes('\0'),
      'must be well-formed Unicode without NUL',
    ),
  /** A JSON Schema the input of a run must satisfy. */
  inputSchema: z.record(z.string().max(200), z.json()).optional(),
  settings: settingsSchema.optional(),
});

export type Content = z.output<typeof contentSchema>;
