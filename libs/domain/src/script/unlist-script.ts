import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { requireScript } from './require-script.js';
import type { ScriptEvent } from './script.events.js';
import type { Script, ScriptState } from './script.state.js';

export const unlistScriptSchema = z.strictObject({});

export type UnlistScript = Command<'UnlistScript', z.output<typeof unlistScriptSchema>>;

export function unlistScript(state: ScriptState): ScriptEvent[] {
  return unlisting(requireScript(state));
}

/** Also a part of every append that leaves a script without an active version. */
export const unlisting = ({ listed, scriptId }: Script): ScriptEvent[] =>
  listed ? [{ type: 'ScriptUnlisted', data: { scriptId } }] : [];
