import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { requireScript } from './require-script.js';
import type { ScriptEvent } from './script.events.js';
import type { ScriptState } from './script.state.js';
import { triggerName } from './trigger-schema.js';

export const removeTriggerSchema = z.strictObject({ name: triggerName });

export type RemoveTrigger = Command<'RemoveTrigger', z.output<typeof removeTriggerSchema>>;

/** From now on it starts nothing. The claim on its path is released after this (DESIGN §6 "Routes"). */
export function removeTrigger(state: ScriptState, { data }: RemoveTrigger): ScriptEvent[] {
  const script = requireScript(state);
  const known = script.triggers.find(({ name }) => name === data.name);
  return known ? [{ type: 'TriggerRemoved', data: { scriptId: script.scriptId, ...known } }] : [];
}
