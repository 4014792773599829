import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { text, versionNumber } from '../shared/schemas.js';
import { requireReview } from './require-review.js';
import { requireScript, requireVersion } from './require-script.js';
import type { ScriptEvent } from './script.events.js';
import type { ScriptState } from './script.state.js';

export const requestChangesSchema = z.strictObject({
  number: versionNumber,
  reviewNote: text(10_000).min(1),
});

export type RequestChanges = Command<'RequestChanges', z.output<typeof requestChangesSchema>>;

/** R-A14: back to draft, with the reviewer's words kept for ever (HAZARDS T7). */
export function requestChanges(state: ScriptState, { data }: RequestChanges): ScriptEvent[] {
  const script = requireScript(state);
  const version = requireVersion(script, data.number);
  const { round } = requireReview(version);
  const { versionId, number } = version;
  const { reviewNote } = data;
  return [
    { type: 'ChangesRequested', data: { scriptId: script.scriptId, versionId, number, round, reviewNote } },
  ];
}
