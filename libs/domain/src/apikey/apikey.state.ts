import type { ApiKeyEvent } from './apikey.events.js';

export interface ApiKey {
  readonly exists: true;
  readonly keyId: string;
  readonly subject: string;
  readonly secretHash: string;
  /** ISO 8601 instant, or null for a key without end. */
  readonly expiresAt: string | null;
  /** The permissions it is narrowed to; `null`: all that its person may do. */
  readonly scopes: readonly string[] | null;
  readonly label: string | null;
  readonly revoked: boolean;
}

export type ApiKeyState = { readonly exists: false } | ApiKey;

export const noApiKey: ApiKeyState = Object.freeze({ exists: false });

export function evolveApiKey(state: ApiKeyState, event: ApiKeyEvent): ApiKeyState {
  switch (event.type) {
    case 'ApiKeyCreated':
      return { exists: true, scopes: null, label: null, ...event.data, revoked: false };
    case 'ApiKeyRevoked':
      if (!state.exists) throw new Error('ApiKeyRevoked before ApiKeyCreated: the stream is damaged');
      return { ...state, revoked: true };
  }
}
