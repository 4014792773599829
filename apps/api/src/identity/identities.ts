import {
  type ApiKey,
  type ApiKeyState,
  apiKeyStreamOf,
  evolveApiKey,
  evolvePrincipal,
  evolveTenant,
  noApiKey,
  noPrincipal,
  noTenant,
  type Principal,
  type PrincipalState,
  type Tenant,
  type TenantState,
  tenantStreamOf,
} from '@stemma/commands';
import type { RecordedEvent } from '@stemma/event-store';

/** What somebody did to a thing first, as a list shows it. */
export interface Since {
  readonly createdAt: string;
  readonly createdBy: string;
}

export type ListedKey = ApiKey & Since;
export type ListedPrincipal = Principal & Since;
export type ListedTenant = Tenant & Since;

/** What the streams of tenants, principals and keys say, by stream name. */
export interface Identities {
  apply(event: RecordedEvent): void;
  /** The tenant that a key belongs to, when it was ever seen. */
  tenantOf(keyId: string): string | undefined;
  key(tenantId: string, keyId: string): ListedKey | undefined;
  principal(tenantId: string, subject: string): ListedPrincipal | undefined;
  tenant(tenantId: string): ListedTenant | undefined;
  /** In the order in which they were created. */
  keys(tenantId: string): readonly ListedKey[];
  principals(tenantId: string): readonly ListedPrincipal[];
  tenants(): readonly ListedTenant[];
}

export const identityStreams = ['apikey-', 'principal-', 'tenant-'] as const;

export function openIdentities(): Identities {
  const keys = openShelf(foldKey);
  const principals = openShelf(foldPrincipal);
  const tenants = openShelf(foldTenant);
  const tenantOfKey = new Map<string, string>();
  // Each request asks for its principal: found by name, not by hashing it again.
  const streamOf = new Map<string, string>();
  return {
    apply(event) {
      const [category = '', tenantId = ''] = NAME.exec(event.stream)?.slice(1) ?? [];
      if (category === 'apikey') {
        const key = keys.apply(tenantId, event);
        if (key.exists) tenantOfKey.set(key.keyId, tenantId);
      } else if (category === 'principal') {
        const principal = principals.apply(tenantId, event);
        if (principal.exists) streamOf.set(nameOf(tenantId, principal.subject), event.stream);
      } else if (category === 'tenant') tenants.apply(ALL, event);
    },
    tenantOf: (keyId) => tenantOfKey.get(keyId),
    key: (tenantId, keyId) => keys.find(tenantId, apiKeyStreamOf(tenantId, keyId)),
    principal: (tenantId, subject) =>
      principals.find(tenantId, streamOf.get(nameOf(tenantId, subject)) ?? ''),
    tenant: (tenantId) => tenants.find(ALL, tenantStreamOf(tenantId)),
    keys: (tenantId) => keys.list(tenantId),
    principals: (tenantId) => principals.list(tenantId),
    tenants: () => tenants.list(ALL),
  };
}

/** A tenant is a uuid, so no two of these are the same text. */
const nameOf = (tenantId: string, subject: string): string => `${tenantId} ${subject}`;

const NAME = /^([a-z]+)-([0-9a-f-]{36})\./;

/** Tenants are kept on one shelf: who administers them sees them all. */
const ALL = '';

interface Existence {
  readonly exists: boolean;
}

type Existing<State> = Extract<State, { readonly exists: true }>;

/** What is known of one stream; `listed` is made when an event comes, since every request looks at some. */
interface Entry<State> {
  readonly state: State;
  readonly since: Since;
  readonly listed: (Existing<State> & Since) | undefined;
}

/** The states of one category, by tenant and stream, with who created each and when. */
function openShelf<State extends Existence>(fold: (state: State | undefined, event: RecordedEvent) => State) {
  const shelves = new Map<string, Map<string, Entry<State>>>();
  return {
    apply(tenantId: string, event: RecordedEvent): State {
      const shelf = shelves.get(tenantId) ?? new Map<string, Entry<State>>();
      shelves.set(tenantId, shelf);
      const known = shelf.get(event.stream);
      const state = fold(known?.state, event);
      const since = known?.since ?? sinceOf(event);
      const existent = existing(state);
      shelf.set(event.stream, { state, since, listed: existent && { ...existent, ...since } });
      return state;
    },
    find: (tenantId: string, stream: string): (Existing<State> & Since) | undefined =>
      shelves.get(tenantId)?.get(stream)?.listed,
    list: (tenantId: string): readonly (Existing<State> & Since)[] =>
      [...(shelves.get(tenantId)?.values() ?? [])].flatMap(({ listed }) => listed ?? []),
  };
}

function sinceOf({ metadata }: RecordedEvent): Since {
  const { at, actor } = metadata as { readonly at: string; readonly actor: { readonly id: string } };
  return { createdAt: at, createdBy: actor.id };
}

/** The log is not typed: that a stream of this category holds these events is the promise of the storage format. */
export const foldKey = (state: ApiKeyState = noApiKey, event: RecordedEvent): ApiKeyState =>
  evolveApiKey(state, event as unknown as Parameters<typeof evolveApiKey>[1]);

export const foldPrincipal = (state: PrincipalState = noPrincipal, event: RecordedEvent): PrincipalState =>
  evolvePrincipal(state, event as unknown as Parameters<typeof evolvePrincipal>[1]);

export const foldTenant = (state: TenantState = noTenant, event: RecordedEvent): TenantState =>
  evolveTenant(state, event as unknown as Parameters<typeof evolveTenant>[1]);

export const existing = <State extends Existence>(state: State | undefined): Existing<State> | undefined =>
  state?.exists === true ? (state as Existing<State>) : undefined;
