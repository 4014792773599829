import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { scriptIdOf } from '../shared/ids.js';
import { refuse } from '../shared/rejections.js';
import { label, languageCode, slug, text } from '../shared/schemas.js';
import { refuseRetired } from './require-script.js';
import type { ScriptEvent } from './script.events.js';
import type { ScriptState } from './script.state.js';

const scriptDetailsSchema = z.strictObject({
  name: text(200).min(1),
  description: text(10_000).default(''),
  labels: z.array(label).max(50).default([]),
  intents: z.array(label).max(50).default([]),
  languageCodes: z.array(languageCode).max(50).default([]),
  embeddingKey: text(200).min(1).nullable().default(null),
});

export const createScriptSchema = z.strictObject({
  slug,
  kind: z.literal('code').default('code'),
  type: z.enum(['cron', 'http', 'one_off', 'embedded']).default('one_off'),
  details: scriptDetailsSchema,
});

export type CreateScript = Command<'CreateScript', z.output<typeof createScriptSchema>>;

/** R-A1, R-D1: the slug is the identity of a script in its tenant, for ever. */
export function createScript(state: ScriptState, { data, meta }: CreateScript): ScriptEvent[] {
  if (state.exists) {
    if (state.retired) refuseRetired(state);
    refuse(
      'script-exists',
      `A script ${data.slug} exists already. Save a draft to it, or choose another slug.`,
      {
        scriptId: state.scriptId,
      },
    );
  }
  return [{ type: 'ScriptCreated', data: { scriptId: scriptIdOf(meta.tenantId, data.slug), ...data } }];
}
