import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { text } from '../shared/schemas.js';
import { archiving } from './archive-version.js';
import { requireScript } from './require-script.js';
import type { ScriptEvent } from './script.events.js';
import type { Script, ScriptState } from './script.state.js';
import { versionAt } from './version-line.js';

export const retireScriptSchema = z.strictObject({ reason: text(2_000).nullable().default(null) });

export type RetireScript = Command<'RetireScript', z.output<typeof retireScriptSchema>>;

/** The end: nothing is left in review, active, listed or triggered, and nothing follows. */
export function retireScript(state: ScriptState, { data }: RetireScript): ScriptEvent[] {
  if (state.exists && state.retired) return [];
  const script = requireScript(state);
  const { scriptId } = script;
  return [
    ...leavingReview(script),
    ...leavingService(script),
    ...script.triggers.map((trigger): ScriptEvent => ({
      type: 'TriggerRemoved',
      data: { scriptId, ...trigger },
    })),
    { type: 'ScriptRetired', data: { scriptId, reason: data.reason } },
  ];
}

function leavingReview({ scriptId, versions, inReview }: Script): ScriptEvent[] {
  const version = inReview === null ? undefined : versionAt(versions, inReview);
  if (!version?.review) return [];
  const { versionId, number, review } = version;
  return [{ type: 'SubmissionWithdrawn', data: { scriptId, versionId, number, round: review.round } }];
}

function leavingService(script: Script): ScriptEvent[] {
  const version = script.active === null ? undefined : versionAt(script.versions, script.active);
  return version ? archiving(script, version) : [];
}
