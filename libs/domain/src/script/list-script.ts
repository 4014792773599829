import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { refuse } from '../shared/rejections.js';
import { requireScript } from './require-script.js';
import type { ScriptEvent } from './script.events.js';
import type { ScriptState } from './script.state.js';

export const listScriptSchema = z.strictObject({});

export type ListScript = Command<'ListScript', z.output<typeof listScriptSchema>>;

/** R-A13: what its users see can be run. */
export function listScript(state: ScriptState): ScriptEvent[] {
  const script = requireScript(state);
  if (script.listed) return [];
  if (script.active === null) {
    refuse('no-active-version', `${script.slug} has no active version. Publish one, then list it.`);
  }
  return [{ type: 'ScriptListed', data: { scriptId: script.scriptId } }];
}
