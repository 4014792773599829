import { type ApiKey, apiKeyStreamOf, type Principal, principalStreamOf } from '@stemma/commands';
import type { EventStore } from '@stemma/event-store';
import { setTimeout as pause } from 'node:timers/promises';
import { Refused } from '../http/refused.js';
import { isSecretOf, parseApiKey, type PresentedKey } from './api-key.js';
import type { Caller } from './caller.js';
import type { FollowedIdentities } from './follow-identities.js';
import { existing, foldKey, foldPrincipal } from './identities.js';
import type { VerifyToken } from './jwt/verify-token.js';
import { unauthenticated } from './unauthenticated.js';

export interface AuthenticateParts {
  readonly store: EventStore;
  readonly followed: FollowedIdentities;
  readonly clock: () => Date;
  /** Absent when no tokens are taken. */
  readonly verifyToken?: VerifyToken | undefined;
}

/** Who shows this `Authorization` header. Throws `Refused`: 401, or 503 while nobody can tell. */
export type Authenticate = (authorization: string | undefined) => Promise<Caller>;

const BEARER = /^Bearer +([^\s]+)$/i;

export function authenticating(parts: AuthenticateParts): Authenticate {
  return async (authorization) => {
    if (authorization === undefined) throw unauthenticated('This needs a credential.');
    const shown = BEARER.exec(authorization)?.[1] ?? '';
    const key = parseApiKey(shown);
    if (key) return byKey(parts, key);
    if (parts.verifyToken && shown.includes('.')) return byToken(parts, parts.verifyToken, shown);
    throw unauthenticated('This is not a credential of ours: send Bearer stm_<keyId>_<secret>.');
  };
}

async function byKey(parts: AuthenticateParts, { keyId, secret }: PresentedKey): Promise<Caller> {
  const found = await lookUp(parts, keyId);
  if (!found || !isSecretOf(found.key.secretHash, secret)) throw unauthenticated('This key is not known.');
  const { tenantId, key } = found;
  if (key.revoked) throw unauthenticated('This key was revoked.');
  if (key.expiresAt !== null && Date.parse(key.expiresAt) <= parts.clock().getTime()) {
    throw unauthenticated(`This key expired at ${key.expiresAt}.`);
  }
  const { scopes, expiresAt } = key;
  return { tenantId, ...personOf(found.principal), keyId: key.keyId, scopes, expiresAt };
}

/** The token says who; what he may do is read where it can be taken from him: in his principal's stream. */
async function byToken(parts: AuthenticateParts, verify: VerifyToken, token: string): Promise<Caller> {
  const { tenantId, subject, via, expiresAt } = await verify(token);
  const principal = parts.followed.isCurrent()
    ? parts.followed.identities.principal(tenantId, subject)
    : await inTime(readPrincipal(parts.store, tenantId, subject));
  return { tenantId, ...personOf(principal), keyId: via, scopes: null, expiresAt };
}

function personOf(principal: Principal | undefined): Pick<Caller, 'kind' | 'person' | 'roles'> {
  if (!principal) throw unauthenticated('This credential belongs to nobody here.');
  const { kind, subject, roles, suspended } = principal;
  if (suspended) throw unauthenticated(`${subject} is suspended.`);
  return { kind, person: subject, roles };
}

interface Found {
  readonly tenantId: string;
  readonly key: ApiKey;
  readonly principal: Principal | undefined;
}

/** In memory while the subscription is current; else from the streams of this very key, and when they are away: nobody. */
async function lookUp({ store, followed }: AuthenticateParts, keyId: string): Promise<Found | undefined> {
  const { identities } = followed;
  const tenantId = identities.tenantOf(keyId);
  if (followed.isCurrent()) {
    const key = tenantId === undefined ? undefined : identities.key(tenantId, keyId);
    if (tenantId === undefined || key === undefined) return undefined;
    return { tenantId, key, principal: identities.principal(tenantId, key.subject) };
  }
  if (tenantId === undefined) throw cannotTell();
  return inTime(readIdentity(store, tenantId, keyId));
}

/** Nobody waits longer than this to learn that he cannot be let in. */
const READ_MS = 2_000;

const inTime = <T>(read: Promise<T>): Promise<T> =>
  Promise.race([read, pause(READ_MS, undefined, { ref: false }).then(() => Promise.reject(cannotTell()))]);

const cannotTell = (): Refused =>
  new Refused('unavailable', 'Keys cannot be checked at the moment: the event store is away.', {
    headers: { 'Retry-After': '1' },
  });

async function readIdentity(store: EventStore, tenantId: string, keyId: string): Promise<Found | undefined> {
  let state: ReturnType<typeof foldKey> | undefined;
  for await (const event of store.readStream(apiKeyStreamOf(tenantId, keyId))) state = foldKey(state, event);
  const key = existing(state);
  return key && { tenantId, key, principal: await readPrincipal(store, tenantId, key.subject) };
}

async function readPrincipal(
  store: EventStore,
  tenantId: string,
  subject: string,
): Promise<Principal | undefined> {
  let state: ReturnType<typeof foldPrincipal> | undefined;
  for await (const event of store.readStream(principalStreamOf(tenantId, subject)))
    state = foldPrincipal(state, event);
  return existing(state);
}
