import {
  approveVersionSchema,
  changeDetailsSchema,
  createScriptSchema,
  disableScriptSchema,
  requestChangesSchema,
  rollBackSchema,
  saveDraftSchema,
} from '@stemma/domain';
import { z } from 'zod';

/** What stands in the path stands in no body: one place for one fact. Bodies are strict: an unknown field is refused. */
export const createScriptBody = createScriptSchema;
export const changeDetailsBody = changeDetailsSchema;
export const saveDraftBody = saveDraftSchema;
export const rollBackBody = rollBackSchema;
export const disableScriptBody = disableScriptSchema;
export const approveVersionBody = approveVersionSchema.omit({ number: true });
export const requestChangesBody = requestChangesSchema.omit({ number: true });

/** Submit, withdraw and publish say everything in their path. */
export const emptyBody = z.strictObject({});
