import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { requireTenantAtWork } from '../tenant/tenant-terms.js';
import { requireSecret } from './require-secret.js';
import type { SecretEvent } from './secret.events.js';
import type { SecretState } from './secret.state.js';
import { secretDescription } from './set-secret.js';

/** What is left out stays as it is. */
export const describeSecretSchema = z.strictObject({
  description: secretDescription.optional(),
  sandbox: z.boolean().optional(),
});

export type DescribeSecret = Command<'DescribeSecret', z.output<typeof describeSecretSchema>>;

export function describeSecret(state: SecretState, { data, tenant }: DescribeSecret): SecretEvent[] {
  requireTenantAtWork({ tenant });
  const secret = requireSecret(state);
  const { secretId, name } = secret;
  const { description = secret.description, sandbox = secret.sandbox } = data;
  if (description === secret.description && sandbox === secret.sandbox) return [];
  return [{ type: 'SecretDescribed', data: { secretId, name, description, sandbox } }];
}
