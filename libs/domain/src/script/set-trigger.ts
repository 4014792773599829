import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { triggerIdOf } from '../shared/ids.js';
import { refuse } from '../shared/rejections.js';
import { requireScript } from './require-script.js';
import type { ScriptEvent, Trigger } from './script.events.js';
import type { Script, ScriptState } from './script.state.js';
import { sameTrigger, triggerName, triggerSchema } from './trigger-schema.js';

export const setTriggerSchema = z.strictObject({ name: triggerName, trigger: triggerSchema });

export type SetTrigger = Command<'SetTrigger', z.output<typeof setTriggerSchema>>;

const MOST_TRIGGERS = 20;

/** R-C3. A path is claimed between this decision and its append (DESIGN §6 "Routes"); a trigger that changes is removed first. */
export function setTrigger(state: ScriptState, { data }: SetTrigger): ScriptEvent[] {
  const script = requireScript(state);
  const { name, trigger } = data;
  const known = script.triggers.find((other) => other.name === name);
  if (known && sameTrigger(known.trigger, trigger)) return [];
  requireFitting(script, trigger);
  requireRoom(script, name, trigger);
  const { scriptId } = script;
  const removed: ScriptEvent[] = known ? [{ type: 'TriggerRemoved', data: { scriptId, ...known } }] : [];
  const triggerId = triggerIdOf(scriptId, name);
  return [...removed, { type: 'TriggerSet', data: { scriptId, triggerId, name, trigger } }];
}

function requireFitting({ slug, type }: Script, { kind }: Trigger): void {
  if (kind === type) return;
  refuse(
    'trigger-not-of-type',
    type === 'cron' || type === 'http'
      ? `${slug} is of type ${type}: its triggers are of that kind, not ${kind}.`
      : `${slug} is of type ${type}: it is run by ${type === 'embedded' ? 'services' : 'hand or by the API'} and takes no trigger. Create one of type ${kind}.`,
    { type, kind },
  );
}

function requireRoom({ slug, triggers }: Script, name: string, trigger: Trigger): void {
  const others = triggers.filter((other) => other.name !== name);
  const twin = others.find((other) => sameTrigger(other.trigger, trigger));
  if (twin) {
    refuse(
      'trigger-exists',
      `${slug} has this as its trigger ${twin.name} already. Change that one, or remove it.`,
      {
        name: twin.name,
      },
    );
  }
  if (others.length < MOST_TRIGGERS) return;
  refuse(
    'too-many-triggers',
    `${slug} has ${MOST_TRIGGERS} triggers, and no more are taken. Remove one first.`,
  );
}
