import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { text } from '../shared/schemas.js';
import { requireSecret } from './require-secret.js';
import type { SecretEvent } from './secret.events.js';
import type { SecretState } from './secret.state.js';

export const removeSecretSchema = z.strictObject({ reason: text(2_000).nullable().default(null) });

export type RemoveSecret = Command<'RemoveSecret', z.output<typeof removeSecretSchema>>;

/** Also in a suspended tenant: a value that leaked must be able to go. Its name may be set again, and counts on. */
export function removeSecret(state: SecretState, { data }: RemoveSecret): SecretEvent[] {
  if (!state.exists && state.life > 0) return [];
  const { secretId, name, life } = requireSecret(state);
  return [{ type: 'SecretRemoved', data: { secretId, name, life, reason: data.reason } }];
}
