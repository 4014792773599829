import {
  type RunContext,
  type Secret,
  secretDecider,
  type SecretCommand,
  type SecretState,
  secretStreamOf,
} from '@stemma/domain';
import { type Aggregate, type EventStore, openAggregate } from '@stemma/event-store';
import { unseal } from './cipher.js';
import { findDataKey } from './data-key.js';
import { type Keyring, MasterKeyMissing } from './keyring.js';

/** What a run asks for. */
export interface WantedSecrets {
  readonly tenantId: string;
  readonly names: readonly string[];
  readonly context: RunContext;
}

/** The values by name, as they are at this moment. Throws `SecretUnusable`, and the errors of the log. */
export type OpenSecrets = (wanted: WantedSecrets) => Promise<Readonly<Record<string, string>>>;

/** It will not be usable by trying again: the message says what is to be done. */
export class SecretUnusable extends Error {
  override readonly name = 'SecretUnusable';
}

interface Parts {
  readonly store: EventStore;
  readonly secrets: Aggregate<SecretState, SecretCommand>;
  readonly keyring: Keyring;
}

export function openingSecrets({ store, keyring }: Pick<Parts, 'store' | 'keyring'>): OpenSecrets {
  const parts = { store, keyring, secrets: openAggregate({ store, decider: secretDecider }) };
  return async ({ tenantId, names, context }) => {
    const open = async (name: string) => [name, await openOne(parts, { tenantId, name, context })] as const;
    return Object.fromEntries(await Promise.all(names.map(open)));
  };
}

interface Wanted extends Pick<WantedSecrets, 'tenantId' | 'context'> {
  readonly name: string;
}

async function openOne(parts: Parts, { tenantId, name, context }: Wanted): Promise<string> {
  const { state } = await parts.secrets.load(secretStreamOf(tenantId, name));
  if (!state.exists) {
    throw new SecretUnusable(`There is no secret ${name}. Set it: stemma secrets set ${name}`);
  }
  if (context === 'sandbox' && !state.sandbox) {
    throw new SecretUnusable(
      `The secret ${name} is not for runs in the sandbox. Name a test secret instead, or open it to them: stemma secrets describe ${name} --sandbox`,
    );
  }
  const stored = await findDataKey(parts.store, { tenantId, ...state });
  if (!stored) throw again(name, 'Its key was deleted, so it cannot be opened any more.');
  try {
    const dataKey = parts.keyring.unwrap(stored.wrapped, tenantId);
    return unseal(dataKey, state.sealed, placeOf(state, tenantId)).toString();
  } catch (error) {
    if (error instanceof MasterKeyMissing) throw missing(name, error.masterKeyId);
    throw again(name, 'What the log holds of it does not open with its key.');
  }
}

const placeOf = ({ name, version }: Secret, tenantId: string) => ['value', tenantId, name, version] as const;

const again = (name: string, why: string): SecretUnusable =>
  new SecretUnusable(`The secret ${name} is lost. ${why} Set it again: stemma secrets set ${name}`);

const missing = (name: string, masterKeyId: string): SecretUnusable =>
  new SecretUnusable(
    `The secret ${name} is sealed under the master key ${masterKeyId}, which this worker does not have. Add it to STEMMA_SECRET_KEYS, or set the secret again.`,
  );
