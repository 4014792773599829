import { z } from 'zod';
import { contentSchema } from '../content/content-schema.js';
import type { Command } from '../shared/command.js';
import { versionIdOf } from '../shared/ids.js';
import { baseNumber, text } from '../shared/schemas.js';
import { requireBase, requireScript } from './require-script.js';
import type { ScriptEvent } from './script.events.js';
import type { ScriptState } from './script.state.js';
import { newestVersion, newestWith } from './version-line.js';

export const saveDraftSchema = z.strictObject({
  baseNumber,
  content: contentSchema,
  changeSummary: text(2_000).nullable().default(null),
});

/** The content is stored before the decision; the decision knows its hash alone. */
export type SaveDraft = Command<
  'SaveDraft',
  Omit<z.output<typeof saveDraftSchema>, 'content'> & { readonly contentHash: string }
>;

/** R-A2, R-A3, R-A7, R-A8: always a new number, also for content seen before, which it then names. */
export function saveDraft(state: ScriptState, { data }: SaveDraft): ScriptEvent[] {
  const script = requireScript(state);
  requireBase(script, data.baseNumber);
  const number = script.versions.length + 1;
  return [
    {
      type: 'DraftCreated',
      data: {
        scriptId: script.scriptId,
        versionId: versionIdOf(script.scriptId, number),
        number,
        contentHash: data.contentHash,
        derivedFromVersionId: newestVersion(script.versions)?.versionId ?? null,
        origin: 'saved',
        changeSummary: data.changeSummary,
        sameContentAs: newestWith(script.versions, data.contentHash)?.number ?? null,
      },
    },
  ];
}
