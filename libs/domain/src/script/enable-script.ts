import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { requireScript } from './require-script.js';
import type { ScriptEvent } from './script.events.js';
import type { ScriptState } from './script.state.js';

export const enableScriptSchema = z.strictObject({});

export type EnableScript = Command<'EnableScript', z.output<typeof enableScriptSchema>>;

/** R-C2 */
export function enableScript(state: ScriptState): ScriptEvent[] {
  const script = requireScript(state);
  return script.enabled ? [] : [{ type: 'ScriptEnabled', data: { scriptId: script.scriptId } }];
}
