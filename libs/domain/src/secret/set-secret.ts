import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { secretIdOf } from '../shared/ids.js';
import { refuse } from '../shared/rejections.js';
import { text } from '../shared/schemas.js';
import { requireTenantAtWork } from '../tenant/tenant-terms.js';
import type { Sealed, SecretEvent } from './secret.events.js';
import { nextLife, type SecretState } from './secret.state.js';

/** Shorter ones cannot be told from other words, and so not be hidden in what a script prints. */
const SHORTEST = 4;
/** 32 of them have to fit into what a container is sent. */
const LONGEST = 32 * 1024;

export const secretDescription = text(500).nullable();

/** Exactly as it is: not normalised, for it may be anybody's. */
const secretValue = z
  .string()
  .min(SHORTEST)
  .max(LONGEST)
  .refine((value) => value.isWellFormed() && !value.includes('\0'), 'must be well-formed text without NUL')
  .describe('The value; it is sealed before it is stored, and never shown again');

/** What is left out stays as it was; at first no description, and not for the sandbox. */
export const setSecretSchema = z.strictObject({
  value: secretValue,
  description: secretDescription.optional(),
  sandbox: z.boolean().optional(),
});

/** The value sealed, for exactly this version and life of the secret. */
export interface SealedSecret {
  readonly name: string;
  readonly version: number;
  readonly life: number;
  readonly sealed: Sealed;
  readonly description?: string | null | undefined;
  readonly sandbox?: boolean | undefined;
}

export type SetSecret = Command<'SetSecret', SealedSecret>;

/** A value is sealed for one version: whoever comes second has to seal it anew. */
export function setSecret(state: SecretState, { data, meta, tenant }: SetSecret): SecretEvent[] {
  requireTenantAtWork({ tenant });
  const { name, version, life, sealed, description, sandbox } = data;
  if (version !== state.version + 1 || life !== nextLife(state)) {
    refuse(
      'secret-changed',
      `${name} was set by somebody else at this moment. Look at it, and set it again.`,
    );
  }
  const before = state.exists ? state : { description: null, sandbox: false };
  return [
    {
      type: 'SecretSet',
      data: {
        secretId: secretIdOf(meta.tenantId, name),
        name,
        version,
        life,
        sealed,
        description: description === undefined ? before.description : description,
        sandbox: sandbox ?? before.sandbox,
      },
    },
  ];
}
