import type { Decider } from '@stemma/decider';
import type { Meta } from '../shared/metadata.js';
import type { ApiKeyEvent } from './apikey.events.js';
import { type ApiKeyState, evolveApiKey, noApiKey } from './apikey.state.js';
import { type CreateApiKey, createApiKey } from './create-api-key.js';
import { type RevokeApiKey, revokeApiKey } from './revoke-api-key.js';

export type ApiKeyCommand = CreateApiKey | RevokeApiKey;

export const apiKeyDecider: Decider<ApiKeyState, ApiKeyCommand, ApiKeyEvent, Meta> = {
  initial: noApiKey,
  evolve: evolveApiKey,
  decide,
};

function decide(state: ApiKeyState, command: ApiKeyCommand): readonly ApiKeyEvent[] {
  switch (command.type) {
    case 'CreateApiKey':
      return createApiKey(state, command);
    case 'RevokeApiKey':
      return revokeApiKey(state, command);
  }
}
