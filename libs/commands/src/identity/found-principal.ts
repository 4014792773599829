import { apiKeyStreamOf, hashJson, id, principalStreamOf, type Role, tenantStreamOf } from '@stemma/domain';
import { RevisionConflict } from '@stemma/event-store';
import { type Founding, ownEvent } from './own-event.js';

/** A principal that exists before anybody could have created it, and its first key. */
export interface FoundingPrincipal {
  readonly tenantId: string;
  readonly subject: string;
  readonly roles: readonly Role[];
  readonly keyId: string;
  /** sha256, hex, of the key's secret (HAZARDS A8). */
  readonly secretHash: string;
}

/**
 * Founds a principal by its first key. The log decides once, however many processes try at the same time: the stream of
 * the key is written with `no_stream`, and whoever comes second learns that the key is another's (`existed`).
 * A principal of that name that was created before is left as it is.
 */
export async function foundPrincipal(
  founding: Founding,
  principal: FoundingPrincipal,
): Promise<'founded' | 'existed'> {
  const { tenantId, subject, roles, keyId, secretHash } = principal;
  const made = await appendFirst(founding, tenantId, apiKeyStreamOf(tenantId, keyId), {
    type: 'ApiKeyCreated',
    data: { keyId, subject, secretHash, expiresAt: null },
  });
  await appendFirst(founding, tenantId, principalStreamOf(tenantId, subject), {
    type: 'PrincipalCreated',
    data: { subject, kind: 'user', roles },
  });
  return made;
}

/** A tenant that nobody could have created yet: the first one of a log. Done before, it is left as it is. */
export const foundTenant = (
  founding: Founding,
  { tenantId, name }: { readonly tenantId: string; readonly name: string },
): Promise<'founded' | 'existed'> =>
  appendFirst(founding, tenantId, tenantStreamOf(tenantId), {
    type: 'TenantCreated',
    data: { tenantId, name },
  });

interface FirstEvent {
  readonly type: string;
  readonly data: object;
}

async function appendFirst(
  founding: Founding,
  tenantId: string,
  stream: string,
  { type, data }: FirstEvent,
): Promise<'founded' | 'existed'> {
  const commandId = id('found', stream, hashJson(data));
  const event = ownEvent(founding, tenantId, stream, { commandId, type, data });
  try {
    await founding.store.append(stream, [event], 'no_stream');
    return 'founded';
  } catch (error) {
    if (error instanceof RevisionConflict) return 'existed';
    throw error;
  }
}
