import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { baseNumber } from '../shared/schemas.js';
import { requireBase, requireScript } from './require-script.js';
import type { ReviewPolicy, ScriptEvent } from './script.events.js';
import type { ScriptState } from './script.state.js';

/** Sent whole: what is left out is the strict default. */
const reviewPolicySchema = z.strictObject({
  requiredApprovals: z.int().min(0).max(10).default(1),
  fourEyes: z.boolean().default(true),
});

export const setReviewPolicySchema = z.strictObject({
  policy: reviewPolicySchema.nullable().describe('null: the policy of the tenant again'),
  baseNumber,
});

export type SetReviewPolicy = Command<'SetReviewPolicy', z.output<typeof setReviewPolicySchema>>;

/** A loosened policy serves later submissions only: each open review keeps the one it was submitted under. */
export function setReviewPolicy(state: ScriptState, { data }: SetReviewPolicy): ScriptEvent[] {
  const script = requireScript(state);
  requireBase(script, data.baseNumber);
  if (samePolicy(script.policy, data.policy)) return [];
  return [{ type: 'ReviewPolicySet', data: { scriptId: script.scriptId, policy: data.policy } }];
}

function samePolicy(a: ReviewPolicy | null, b: ReviewPolicy | null): boolean {
  return a?.requiredApprovals === b?.requiredApprovals && a?.fourEyes === b?.fourEyes;
}
