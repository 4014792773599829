import { type Directory, type DirectoryEntry } from '@stemma/read-model';
import { Refused } from '../http/refused.js';
import type { ApiParts } from '../parts.js';

export async function namesOf(
  directory: Directory,
  tenantId: string,
): Promise<ReadonlyMap<string, DirectoryEntry>> {
  const entries = await directory.list(tenantId);
  return new Map(entries.map((entry) => [entry.subject, entry]));
}

type Parts = Pick<ApiParts, 'directory' | 'termsOf'>;

export async function putEntry(
  { directory, termsOf }: Parts,
  tenantId: string,
  entry: DirectoryEntry,
): Promise<DirectoryEntry> {
  if ((await termsOf(tenantId)).suspended) {
    throw new Refused('tenant-suspended', 'This tenant is suspended: nothing is written in it.');
  }
  await directory.put(tenantId, entry);
  return entry;
}

/** Forgetting is always allowed, in a suspended tenant too. */
export async function eraseEntry(
  { directory }: Parts,
  tenantId: string,
  subject: string,
): Promise<{ readonly subject: string; readonly changed: boolean }> {
  return { subject, changed: await directory.erase(tenantId, subject) };
}
