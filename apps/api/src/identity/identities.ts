import {
  type ApiKey,
  type ApiKeyState,
  apiKeyStreamOf,
  evolveApiKey,
  evolvePrincipal,
  noApiKey,
  noPrincipal,
  type Principal,
  type PrincipalState,
  principalStreamOf,
} from '@stemma/commands';
import type { RecordedEvent } from '@stemma/event-store';

/** What the streams of keys and principals say, by stream name. */
export interface Identities {
  apply(event: RecordedEvent): void;
  /** The tenant that a key belongs to, when it was ever seen. */
  tenantOf(keyId: string): string | undefined;
  key(tenantId: string, keyId: string): ApiKey | undefined;
  principal(tenantId: string, subject: string): Principal | undefined;
}

const TENANT = /^apikey-([0-9a-f-]{36})\./;

export const identityStreams = ['apikey-', 'principal-'] as const;

export function openIdentities(): Identities {
  const keys = new Map<string, ApiKeyState>();
  const principals = new Map<string, PrincipalState>();
  const tenants = new Map<string, string>();
  return {
    apply(event) {
      const { stream } = event;
      if (stream.startsWith('apikey-')) {
        const state = foldKey(keys.get(stream), event);
        keys.set(stream, state);
        const tenantId = TENANT.exec(stream)?.[1];
        if (state.exists && tenantId !== undefined) tenants.set(state.keyId, tenantId);
      } else if (stream.startsWith('principal-')) {
        principals.set(stream, foldPrincipal(principals.get(stream), event));
      }
    },
    tenantOf: (keyId) => tenants.get(keyId),
    key: (tenantId, keyId) => existing(keys.get(apiKeyStreamOf(tenantId, keyId))),
    principal: (tenantId, subject) => existing(principals.get(principalStreamOf(tenantId, subject))),
  };
}

/** The log is not typed: that a stream of this category holds these events is the promise of the storage format. */
export const foldKey = (state: ApiKeyState = noApiKey, event: RecordedEvent): ApiKeyState =>
  evolveApiKey(state, event as unknown as Parameters<typeof evolveApiKey>[1]);

export const foldPrincipal = (state: PrincipalState = noPrincipal, event: RecordedEvent): PrincipalState =>
  evolvePrincipal(state, event as unknown as Parameters<typeof evolvePrincipal>[1]);

export const existing = <State extends { readonly exists: boolean }>(
  state: State | undefined,
): Extract<State, { readonly exists: true }> | undefined =>
  state?.exists === true ? (state as Extract<State, { readonly exists: true }>) : undefined;
