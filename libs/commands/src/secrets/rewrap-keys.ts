import type { EventMetadata } from '@stemma/domain';
import { type EventStore, RevisionConflict } from '@stemma/event-store';
import { findDataKey, storeDataKey } from './data-key.js';
import type { DataKeyName, Keyring } from './keyring.js';

export interface RewrapParts {
  readonly store: EventStore;
  readonly keyring: Keyring;
  /** Who does it; the tenant is each secret's own. */
  readonly metadata: EventMetadata;
}

/** How many keys were wrapped anew, were under the current master key already, and could not be unwrapped. */
export interface Rewrapped {
  readonly masterKeyId: string;
  readonly rewrapped: number;
  readonly current: number;
  readonly unreadable: number;
}

/**
 * Wraps data keys anew under the current master key, so that an older one can be taken away; the values stay as they are.
 * With an older master key that is destroyed then, what backups hold of removed secrets opens nowhere.
 */
export async function rewrapKeys(parts: RewrapParts, keys: readonly DataKeyName[]): Promise<Rewrapped> {
  const count = { rewrapped: 0, current: 0, unreadable: 0, gone: 0 };
  for (const of of keys) count[await rewrapOne(parts, of)] += 1;
  const { rewrapped, current, unreadable } = count;
  return { masterKeyId: parts.keyring.currentId, rewrapped, current, unreadable };
}

async function rewrapOne(
  { store, keyring, metadata }: RewrapParts,
  of: DataKeyName,
): Promise<'rewrapped' | 'current' | 'unreadable' | 'gone'> {
  for (;;) {
    const stored = await findDataKey(store, of);
    if (!stored) return 'gone';
    if (stored.wrapped.masterKeyId === keyring.currentId) return 'current';
    let dataKey: Uint8Array;
    try {
      dataKey = keyring.unwrap(stored.wrapped, of.tenantId);
    } catch {
      return 'unreadable';
    }
    const stamped = { metadata: { ...metadata, tenantId: of.tenantId }, expected: stored.revision };
    try {
      await storeDataKey(store, of, keyring.wrap(dataKey, of), stamped);
      return 'rewrapped';
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error;
    }
  }
}
