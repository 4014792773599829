import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { text } from '../shared/schemas.js';
import { requireScript } from './require-script.js';
import type { ScriptEvent } from './script.events.js';
import type { ScriptState } from './script.state.js';

export const disableScriptSchema = z.strictObject({ reason: text(2_000).nullable().default(null) });

export type DisableScript = Command<'DisableScript', z.output<typeof disableScriptSchema>>;

/** R-C2: from now on no production run begins, by any trigger; drafts still run in the sandbox. */
export function disableScript(state: ScriptState, { data }: DisableScript): ScriptEvent[] {
  const script = requireScript(state);
  return script.enabled
    ? [{ type: 'ScriptDisabled', data: { scriptId: script.scriptId, reason: data.reason } }]
    : [];
}
