import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { versionIdOf } from '../shared/ids.js';
import { refuse } from '../shared/rejections.js';
import { baseNumber, text, versionNumber } from '../shared/schemas.js';
import { replaceActive } from './replace-active.js';
import { requireBase, requireScript, requireVersion } from './require-script.js';
import { policyOf } from './review-policy.js';
import type { ScriptEvent } from './script.events.js';
import type { ScriptState } from './script.state.js';
import { newestWith } from './version-line.js';

export const rollBackSchema = z.strictObject({
  number: versionNumber,
  baseNumber,
  changeSummary: text(2_000).nullable().default(null),
});

export type RollBack = Command<'RollBack', z.output<typeof rollBackSchema>>;

/** R-A7: a new active version derived from one that was once active; its content passed review, so it needs no new one. */
export function rollBack(state: ScriptState, command: RollBack): ScriptEvent[] {
  const { data } = command;
  const script = requireScript(state);
  const target = requireVersion(script, data.number);
  if (target.state === 'active') return [];
  requireBase(script, data.baseNumber);
  if (target.state !== 'archived') {
    refuse(
      'version-never-active',
      `Version ${target.number} was never active. Submit it for review instead.`,
      {
        state: target.state,
      },
    );
  }
  if (target.pruned) {
    refuse('content-pruned', `The content of version ${target.number} was pruned. Roll back to another one.`);
  }
  const { scriptId } = script;
  const { contentHash } = target;
  const number = script.versions.length + 1;
  const versionId = versionIdOf(scriptId, number);
  const draft: ScriptEvent = {
    type: 'DraftCreated',
    data: {
      scriptId,
      versionId,
      number,
      contentHash,
      derivedFromVersionId: target.versionId,
      origin: 'rollback',
      changeSummary: data.changeSummary,
      sameContentAs: newestWith(script.versions, contentHash)?.number ?? null,
    },
  };
  return [
    draft,
    ...replaceActive(script, { versionId, number, contentHash }, { policy: policyOf(script, command) }),
  ];
}
