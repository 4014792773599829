import type { z } from 'zod';
import type { Command } from '../shared/command.js';
import { epochMs } from '../shared/instants.js';
import { prunable, type pruneVersionsSchema } from './prune-policy.js';
import { requireScript } from './require-script.js';
import type { ScriptEvent } from './script.events.js';
import type { ScriptState } from './script.state.js';

export type PruneVersions = Command<'PruneVersions', z.output<typeof pruneVersionsSchema>>;

/** In one append, within its limit (HAZARDS H10). What is left is for the next prune. */
export const MOST_AT_ONCE = 1_000;

/** Gives up the content of old versions; what happened to them stays. A sweeper deletes the bytes afterwards. */
export function pruneVersions(state: ScriptState, { data, meta }: PruneVersions): ScriptEvent[] {
  const script = requireScript(state);
  const { dryRun, ...policy } = data;
  const versions = prunable(script, policy, epochMs(meta.at)).slice(0, MOST_AT_ONCE);
  if (dryRun || versions.length === 0) return [];
  const pruned = versions.map(({ versionId, number, contentHash }) => ({ versionId, number, contentHash }));
  return [{ type: 'VersionsPruned', data: { scriptId: script.scriptId, versions: pruned, policy } }];
}
