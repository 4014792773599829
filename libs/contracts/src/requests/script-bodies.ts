import {
  approveVersionSchema,
  breakGlassSchema,
  changeDetailsSchema,
  createScriptSchema,
  disableScriptSchema,
  pruneVersionsSchema,
  requestChangesSchema,
  retireScriptSchema,
  rollBackSchema,
  saveDraftSchema,
  setPrunePolicySchema,
  setReviewPolicySchema,
  setTriggerSchema,
} from '@stemma/domain';
import { z } from 'zod';

/** What stands in the path stands in no body: one place for one fact. Bodies are strict: an unknown field is refused. */
export const createScriptBody = createScriptSchema;
export const changeDetailsBody = changeDetailsSchema;
export const saveDraftBody = saveDraftSchema;
export const rollBackBody = rollBackSchema;
export const disableScriptBody = disableScriptSchema;
export const approveVersionBody = approveVersionSchema.omit({ number: true });
export const breakGlassBody = breakGlassSchema.omit({ number: true });
export const retireScriptBody = retireScriptSchema;
export const setReviewPolicyBody = setReviewPolicySchema;
export const setPrunePolicyBody = setPrunePolicySchema;
export const pruneVersionsBody = pruneVersionsSchema;
export const setTriggerBody = setTriggerSchema.shape.trigger;
export const requestChangesBody = requestChangesSchema.omit({ number: true });

/** Submit, withdraw and publish say everything in their path. */
export const emptyBody = z.strictObject({});
