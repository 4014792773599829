import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { refuse } from '../shared/rejections.js';
import { subject } from '../shared/schemas.js';
import type { ApiKeyEvent } from './apikey.events.js';
import type { ApiKeyState } from './apikey.state.js';

const keyId = z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 -');

export const createApiKeySchema = z.strictObject({
  keyId,
  subject,
  secretHash: z.string().regex(/^[0-9a-f]{64}$/, 'must be a sha256 in hex'),
  expiresAt: z.iso.datetime().nullable().default(null),
});

export type CreateApiKey = Command<'CreateApiKey', z.output<typeof createApiKeySchema>>;

/** HAZARDS A8: the log knows the hash of the secret, never the secret. */
export function createApiKey(state: ApiKeyState, { data }: CreateApiKey): ApiKeyEvent[] {
  if (state.exists) refuse('key-exists', `A key ${data.keyId} exists already. Create one with another id.`);
  return [{ type: 'ApiKeyCreated', data }];
}
