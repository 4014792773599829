import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { requireTenantAtWork } from '../tenant/tenant-terms.js';
import { refuse } from '../shared/rejections.js';
import { subject, text } from '../shared/schemas.js';
import type { ApiKeyEvent } from './apikey.events.js';
import type { ApiKeyState } from './apikey.state.js';

const keyId = z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 -');

const expiresAt = z.iso.datetime().nullable().default(null);
const keyLabel = text(100).min(1).nullable().default(null);

/** Permissions by name: the edge knows which there are. One that it does not know grants nothing. */
const scopes = z
  .array(z.string().regex(/^[a-z]+(-[a-z]+)*:[a-z]+(-[a-z]+)*$/, 'must be a permission like script:read'))
  .min(1)
  .max(100)
  .refine((names) => new Set(names).size === names.length, 'must name each permission once')
  .nullable()
  .default(null);

/** What a person says of a key; its id and its secret are made for him. */
export const requestApiKeySchema = z.strictObject({
  person: subject.nullable().default(null),
  label: keyLabel,
  scopes,
  expiresAt,
});

export const createApiKeySchema = z.strictObject({
  keyId,
  subject,
  secretHash: z.string().regex(/^[0-9a-f]{64}$/, 'must be a sha256 in hex'),
  expiresAt,
  scopes,
  label: keyLabel,
});

export type CreateApiKey = Command<'CreateApiKey', z.output<typeof createApiKeySchema>>;

/** HAZARDS A8: the log knows the hash of the secret, never the secret. */
export function createApiKey(state: ApiKeyState, { data, meta, tenant }: CreateApiKey): ApiKeyEvent[] {
  requireTenantAtWork({ tenant });
  if (state.exists) refuse('key-exists', `A key ${data.keyId} exists already. Create one with another id.`);
  if (data.expiresAt !== null && toSecond(data.expiresAt) <= toSecond(meta.at)) {
    refuse('key-expired', `A key that expires at ${data.expiresAt} would never work. Name a later moment.`);
  }
  return [{ type: 'ApiKeyCreated', data }];
}

/** ISO 8601 in UTC, with or without a fraction: the first 19 characters compare as time does. */
const toSecond = (instant: string): string => instant.slice(0, 19);
