import {
  apiKeyStreamOf,
  type Founding,
  foundPrincipal,
  foundTenant,
  id,
  LOCAL_TENANT_ID,
  LOCAL_TENANT_NAME,
  principalStreamOf,
  type Role,
} from '@stemma/commands';
import type { Logger } from '@stemma/observability';
import { randomBytes, randomUUID } from 'node:crypto';
import { formatApiKey, hashSecret, isSecretOf, parseApiKey } from './api-key.js';
import { type CredentialFiles, openCredentialFiles } from './credential-files.js';
import { existing, foldKey } from './identities.js';

const FIRST_PRINCIPALS: Readonly<Record<string, readonly Role[]>> = {
  author: ['author'],
  reviewer: ['reviewer', 'publisher'],
  admin: ['admin'],
};

export interface FirstCredentials extends Founding {
  readonly logger: Logger;
  /** Where the keys of one machine are put, one file each. */
  readonly directory: string;
  /** A whole key: then it becomes the administrator's, and no files are written. */
  readonly bootstrapKey: string | undefined;
}

/**
 * The first principals of a log. The log decides once, also between processes that start together; what is there already
 * is left alone, so this may run at every start.
 */
export async function foundFirstPrincipals(first: FirstCredentials): Promise<void> {
  await foundTenant(first, { tenantId: LOCAL_TENANT_ID, name: LOCAL_TENANT_NAME });
  if (first.bootstrapKey !== undefined) return foundByBootstrapKey(first, first.bootstrapKey);
  for (const [subject, roles] of Object.entries(FIRST_PRINCIPALS)) {
    await foundWithFile(first, { subject, roles, tenantId: LOCAL_TENANT_ID });
  }
}

async function foundByBootstrapKey(first: FirstCredentials, bootstrapKey: string): Promise<void> {
  const key = parseApiKey(bootstrapKey);
  if (!key) throw new Error('STEMMA_BOOTSTRAP_KEY is not of the form stm_<keyId>_<secret>');
  const admin = { tenantId: LOCAL_TENANT_ID, subject: 'admin', roles: ['admin'] as const };
  for await (const _ of first.store.readStream(principalStreamOf(admin.tenantId, admin.subject), {
    limit: 1,
  }))
    return;
  await foundPrincipal(first, { ...admin, keyId: key.keyId, secretHash: hashSecret(key.secret) });
  first.logger.info(
    { keyId: key.keyId },
    'the administrator now holds the bootstrap key: unset STEMMA_BOOTSTRAP_KEY',
  );
}

interface Subject {
  readonly tenantId: string;
  readonly subject: string;
  readonly roles: readonly Role[];
}

/** The file is written before the log is asked and named after: a crash between the two loses no key. */
async function foundWithFile(first: FirstCredentials, principal: Subject): Promise<void> {
  const files = await openCredentialFiles(first.directory, principal.subject);
  const keyId = id('apikey', principal.tenantId, 'first', principal.subject);
  const secretHash = await storedHash(first, principal.tenantId, keyId);
  if (secretHash !== undefined) {
    if (!(await hasPrincipal(first, principal)))
      await foundPrincipal(first, { ...principal, keyId, secretHash });
    return settle(first, files, secretHash);
  }
  const secret = randomBytes(32).toString('base64url');
  const pending = await files.writePending(randomUUID(), formatApiKey({ keyId, secret }));
  const outcome = await foundPrincipal(first, { ...principal, keyId, secretHash: hashSecret(secret) });
  await (outcome === 'founded' ? files.keep(pending) : files.drop(pending));
}

/** The key is stored first: a crash between the two leaves a key of nobody, which the next start completes. */
async function hasPrincipal(
  { store }: Founding,
  { tenantId, subject }: Omit<Subject, 'roles'>,
): Promise<boolean> {
  for await (const _ of store.readStream(principalStreamOf(tenantId, subject), { limit: 1 })) return true;
  return false;
}

async function storedHash({ store }: Founding, tenantId: string, keyId: string): Promise<string | undefined> {
  let state: ReturnType<typeof foldKey> | undefined;
  for await (const event of store.readStream(apiKeyStreamOf(tenantId, keyId))) state = foldKey(state, event);
  return existing(state)?.secretHash;
}

/** The key was decided before: its file is there, or a crash left it under its pending name, or it is lost. */
async function settle(
  { logger }: FirstCredentials,
  files: CredentialFiles,
  secretHash: string,
): Promise<void> {
  const holds = (text: string | undefined): boolean => {
    const key = text === undefined ? undefined : parseApiKey(text);
    return key !== undefined && isSecretOf(secretHash, key.secret);
  };
  if (holds(await files.read())) return;
  for (const pending of await files.pending()) {
    if (holds(await files.read(pending))) return files.keep(pending);
  }
  logger.warn(
    { file: files.file },
    'the key of this principal is not in its file: create another one with an admin key',
  );
}
