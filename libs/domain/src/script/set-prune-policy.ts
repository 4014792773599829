import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { baseNumber } from '../shared/schemas.js';
import { prunePolicySchema } from './prune-policy.js';
import { requireBase, requireScript } from './require-script.js';
import type { PrunePolicy, ScriptEvent } from './script.events.js';
import type { ScriptState } from './script.state.js';

export const setPrunePolicySchema = z.strictObject({
  policy: prunePolicySchema.nullable().describe('null: prune only when somebody asks'),
  baseNumber,
});

export type SetPrunePolicy = Command<'SetPrunePolicy', z.output<typeof setPrunePolicySchema>>;

/** The schedule of pruning: from now on the worker prunes by it, every hour. */
export function setPrunePolicy(state: ScriptState, { data }: SetPrunePolicy): ScriptEvent[] {
  const script = requireScript(state);
  requireBase(script, data.baseNumber);
  if (samePolicy(script.prunePolicy, data.policy)) return [];
  return [{ type: 'PrunePolicySet', data: { scriptId: script.scriptId, policy: data.policy } }];
}

function samePolicy(a: PrunePolicy | null, b: PrunePolicy | null): boolean {
  return a?.maxVersions === b?.maxVersions && a?.retentionDays === b?.retentionDays;
}
