import type { z } from 'zod';
import type { Command } from '../shared/command.js';
import { epochMs } from '../shared/instants.js';
import { prunable, type pruneVersionsSchema } from './prune-policy.js';
import { requireScript } from './require-script.js';
import type { PrunePolicy, ScriptEvent, VersionsPruned } from './script.events.js';
import type { ScriptState } from './script.state.js';
import { namesUnpruned } from './version-line.js';

export type PruneVersions = Command<'PruneVersions', z.output<typeof pruneVersionsSchema>>;

/** In one append, within its limit (HAZARDS H10). What is left is for the next prune. */
const MOST_AT_ONCE = 1_000;

/** Gives up the content of old versions; what happened to them stays. A sweeper deletes the bytes afterwards. */
export function pruneVersions(state: ScriptState, { data, meta }: PruneVersions): ScriptEvent[] {
  const { scriptId } = requireScript(state);
  const { dryRun, ...policy } = data;
  const versions = whatToPrune(state, policy, meta.at);
  if (dryRun || versions.length === 0) return [];
  return [{ type: 'VersionsPruned', data: { scriptId, versions, policy } }];
}

/** Whether the bytes of a content have to stay where they are. */
export const namesContent = (state: ScriptState, contentHash: string): boolean =>
  state.exists && namesUnpruned(state.versions, contentHash);

/** What a prune would take at an instant: the answer to a dry run. Throws as a command does. */
export function whatToPrune(
  state: ScriptState,
  policy: PrunePolicy,
  at: string,
): VersionsPruned['data']['versions'] {
  return prunable(requireScript(state), policy, epochMs(at))
    .slice(0, MOST_AT_ONCE)
    .map(({ versionId, number, contentHash }) => ({ versionId, number, contentHash }));
}
