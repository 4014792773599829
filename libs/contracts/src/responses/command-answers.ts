import { versionNumber } from '@stemma/domain';
import { z } from 'zod';
import { versionStateSchema } from './version.js';

/** `changed: false`: it was already so, and nothing was stored. */
const ofScript = { scriptId: z.uuid(), slug: z.string(), changed: z.boolean() };

export const scriptAnswer = z.strictObject(ofScript);

export const versionAnswer = z.strictObject({
  ...ofScript,
  number: versionNumber,
  versionId: z.uuid(),
  state: versionStateSchema,
});

export const newVersionAnswer = z.strictObject({
  ...versionAnswer.shape,
  contentHash: z.string(),
  derivedFromVersionId: z.uuid().nullable(),
  sameContentAs: versionNumber.nullable().describe('The newest earlier version with the same content'),
});

export const triggerAnswer = z.strictObject({
  ...ofScript,
  name: z.string().describe('Of the trigger, within the script'),
  triggerId: z.uuid(),
});

/** The content of these versions is given up (or would be); what happened to them stays. */
export const pruneAnswer = z.strictObject({
  ...ofScript,
  dryRun: z.boolean(),
  versions: z
    .array(z.strictObject({ versionId: z.uuid(), number: versionNumber, contentHash: z.string() }))
    .max(1_000)
    .describe('Oldest first; with a thousand of them there may be more: prune again'),
});

/** Rolling back to what is active already makes no new version. */
export const rollBackAnswer = z.union([newVersionAnswer, versionAnswer]);
