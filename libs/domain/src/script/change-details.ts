import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { baseNumber, label, languageCode, text } from '../shared/schemas.js';
import { requireBase, requireScript } from './require-script.js';
import type { ScriptDetails, ScriptEvent } from './script.events.js';
import type { ScriptState } from './script.state.js';

export const changeDetailsSchema = z
  .strictObject({
    name: text(200).min(1).optional(),
    description: text(10_000).optional(),
    labels: z.array(label).max(50).optional(),
    intents: z.array(label).max(50).optional(),
    languageCodes: z.array(languageCode).max(50).optional(),
    embeddingKey: text(200).min(1).nullable().optional(),
    baseNumber,
  })
  .refine(
    ({ baseNumber: _, ...change }) => Object.keys(change).length > 0,
    'name at least one field to change',
  );

export type ChangeDetails = Command<'ChangeDetails', z.output<typeof changeDetailsSchema>>;

/** R-C9: never touches versions; an update through the API publishes nothing (HAZARDS T16). */
export function changeDetails(state: ScriptState, { data }: ChangeDetails): ScriptEvent[] {
  const script = requireScript(state);
  const { baseNumber: base, ...change } = data;
  requireBase(script, base);
  const details: ScriptDetails = { ...script.details, ...given(change) };
  if (isSame(details, script.details)) return [];
  return [{ type: 'ScriptDetailsChanged', data: { scriptId: script.scriptId, details } }];
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

const given = <T extends object>(change: T): Given<T> =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as Given<T>;

const isSame = (one: ScriptDetails, other: ScriptDetails): boolean =>
  (Object.keys(one) as (keyof ScriptDetails)[]).every((name) => isSameValue(one[name], other[name]));

type Value = ScriptDetails[keyof ScriptDetails];

const isSameValue = (one: Value, other: Value): boolean =>
  Array.isArray(one) && Array.isArray(other)
    ? one.length === other.length && one.every((item, index) => item === other[index])
    : one === other;
