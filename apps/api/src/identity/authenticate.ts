import { type ApiKey, apiKeyStreamOf, type Principal, principalStreamOf } from '@stemma/commands';
import type { EventStore } from '@stemma/event-store';
import { setTimeout as pause } from 'node:timers/promises';
import { Refused } from '../http/refused.js';
import { isSecretOf, parseApiKey } from './api-key.js';
import type { Caller } from './caller.js';
import type { FollowedIdentities } from './follow-identities.js';
import { existing, foldKey, foldPrincipal } from './identities.js';

export interface AuthenticateParts {
  readonly store: EventStore;
  readonly followed: FollowedIdentities;
  readonly clock: () => Date;
}

/** Who shows this `Authorization` header. Throws `Refused`: 401, or 503 while nobody can tell. */
export type Authenticate = (authorization: string | undefined) => Promise<Caller>;

const BEARER = /^Bearer +([^\s]+)$/i;

export function authenticating({ store, followed, clock }: AuthenticateParts): Authenticate {
  return async (authorization) => {
    if (authorization === undefined) throw unauthenticated('This needs a credential.');
    const presented = parseApiKey(BEARER.exec(authorization)?.[1] ?? '');
    if (!presented)
      throw unauthenticated('This is not a credential of ours: send Bearer stm_<keyId>_<secret>.');
    const found = await lookUp({ store, followed }, presented.keyId);
    if (!found || !isSecretOf(found.key.secretHash, presented.secret)) {
      throw unauthenticated('This key is not known.');
    }
    return callerOf(found, clock());
  };
}

interface Found {
  readonly tenantId: string;
  readonly key: ApiKey;
  readonly principal: Principal | undefined;
}

function callerOf({ tenantId, key, principal }: Found, now: Date): Caller {
  if (key.revoked) throw unauthenticated('This key was revoked.');
  if (key.expiresAt !== null && Date.parse(key.expiresAt) <= now.getTime()) {
    throw unauthenticated(`This key expired at ${key.expiresAt}.`);
  }
  if (!principal) throw unauthenticated('This key belongs to nobody.');
  if (principal.suspended) throw unauthenticated(`${principal.subject} is suspended.`);
  const { kind, subject, roles } = principal;
  const { keyId, scopes, expiresAt } = key;
  return { tenantId, kind, person: subject, roles, keyId, scopes, expiresAt };
}

/** In memory while the subscription is current; else from the streams of this very key, and when they are away: nobody. */
async function lookUp(
  { store, followed }: Pick<AuthenticateParts, 'store' | 'followed'>,
  keyId: string,
): Promise<Found | undefined> {
  const { identities } = followed;
  const tenantId = identities.tenantOf(keyId);
  if (followed.isCurrent()) {
    const key = tenantId === undefined ? undefined : identities.key(tenantId, keyId);
    if (tenantId === undefined || key === undefined) return undefined;
    return { tenantId, key, principal: identities.principal(tenantId, key.subject) };
  }
  if (tenantId === undefined) throw cannotTell();
  const read = readIdentity(store, tenantId, keyId);
  return Promise.race([
    read,
    pause(READ_MS, undefined, { ref: false }).then(() => Promise.reject(cannotTell())),
  ]);
}

/** Nobody waits longer than this to learn that he cannot be let in. */
const READ_MS = 2_000;

const cannotTell = (): Refused =>
  new Refused('unavailable', 'Keys cannot be checked at the moment: the event store is away.', {
    headers: { 'Retry-After': '1' },
  });

async function readIdentity(store: EventStore, tenantId: string, keyId: string): Promise<Found | undefined> {
  let state: ReturnType<typeof foldKey> | undefined;
  for await (const event of store.readStream(apiKeyStreamOf(tenantId, keyId))) state = foldKey(state, event);
  const key = existing(state);
  if (!key) return undefined;
  let person: ReturnType<typeof foldPrincipal> | undefined;
  for await (const event of store.readStream(principalStreamOf(tenantId, key.subject))) {
    person = foldPrincipal(person, event);
  }
  return { tenantId, key, principal: existing(person) };
}

/** RFC 9110 §11.6.1 and RFC 6750 §3. */
export const unauthenticated = (detail: string): Refused =>
  new Refused('unauthenticated', detail, { headers: { 'WWW-Authenticate': 'Bearer realm="stemma"' } });
