import { nameUuid } from './name-uuid.js';

/** The namespace of every derived id. Storage format: change it and old logs break. */
const inNamespace = nameUuid('6f1c7a52-3d1e-5b0a-9c55-73746d656d61');

export type IdPart = string | number | null;

/**
 * A name-based uuid (RFC 9562 version 5) over the canonical list of parts: the same thing always gets the same id, so the
 * store itself enforces uniqueness. Parts are JSON, so `('a','bc')` and `('ab','c')` differ.
 */
export function id(kind: string, ...parts: readonly IdPart[]): string {
  return inNamespace(JSON.stringify([kind, ...parts]));
}

export const scriptIdOf = (tenantId: string, slug: string): string => id('script', tenantId, slug);

/** A trigger by its name within its script. */
export const triggerIdOf = (scriptId: string, name: string): string => id('trigger', scriptId, name);

/** A path is claimed once per tenant and method. */
export const routeIdOf = (tenantId: string, method: string, path: string): string =>
  id('route', tenantId, method, path);

export const routeStreamOf = (tenantId: string, method: string, path: string): string =>
  streamName('route', tenantId, routeIdOf(tenantId, method, path));

export const versionIdOf = (scriptId: string, number: number): string => id('version', scriptId, number);

/** A retry of the request is the same run: its command has the same id. */
export const runIdOf = (commandId: string): string => id('run', commandId);

/** `<category>-<tenantId>.<id>`: a tenant's history is a prefix filter on the server. */
export const streamName = (category: string, tenantId: string, streamId: string): string =>
  `${category}-${tenantId}.${streamId}`;

/** One person of a tenant, whichever credential is used. */
export const principalStreamOf = (tenantId: string, subject: string): string =>
  streamName('principal', tenantId, id('principal', tenantId, subject));

export const apiKeyStreamOf = (tenantId: string, keyId: string): string =>
  streamName('apikey', tenantId, keyId);

/** Unique per tenant by its name; removed and set again, it is the same one. */
export const secretIdOf = (tenantId: string, name: string): string => id('secret', tenantId, name);

export const secretStreamOf = (tenantId: string, name: string): string =>
  streamName('secret', tenantId, secretIdOf(tenantId, name));

/** Where the data key of one life of a secret stands: deleting this stream makes all that it sealed unreadable. */
export const secretKeyStreamOf = (tenantId: string, secretId: string, life: number): string =>
  streamName('secret', tenantId, `${secretId}.${life}`);

/** What was denied within a tenant, to whom: beside the streams that it was about, never in them. */
export const denialStreamOf = (tenantId: string): string => streamName('security', tenantId, 'denials');

/** Its name is its identity: given once, never given out again. */
export const tenantIdOf = (name: string): string => id('tenant', name);

export const tenantStreamOf = (tenantId: string): string => streamName('tenant', tenantId, tenantId);

/** The tenant of one machine, and the first one of a cluster: tenants are administered from it. */
export const LOCAL_TENANT_NAME = 'local';
export const LOCAL_TENANT_ID = tenantIdOf(LOCAL_TENANT_NAME);
