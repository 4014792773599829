import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { refuse } from '../shared/rejections.js';
import { text } from '../shared/schemas.js';
import type { ApiKeyEvent } from './apikey.events.js';
import type { ApiKeyState } from './apikey.state.js';

export const revokeApiKeySchema = z.strictObject({ reason: text(2_000).nullable().default(null) });

export type RevokeApiKey = Command<'RevokeApiKey', z.output<typeof revokeApiKeySchema>>;

/** For ever: a key that is needed again is a new key. */
export function revokeApiKey(state: ApiKeyState, { data }: RevokeApiKey): ApiKeyEvent[] {
  if (!state.exists) refuse('key-not-found', 'There is no such key.');
  if (state.revoked) return [];
  return [{ type: 'ApiKeyRevoked', data: { keyId: state.keyId, reason: data.reason } }];
}
