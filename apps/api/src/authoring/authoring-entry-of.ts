import type { activationSchema, authoringEntrySchema } from '@stemma/contracts';
import type { ActivationRow, AuthoringRow } from '@stemma/projections/authoring';
import { z } from 'zod';

const decimal = z.string().regex(/^(0|[1-9]\d{0,17})$/);

/** What a page of changes may begin behind. */
export const authoringCursor = z.strictObject({
  at: z.iso.datetime(),
  position: decimal,
  revision: decimal,
});

type Entry = z.output<typeof authoringEntrySchema>;

/** The row as the API shows it: without the tenant, with decimals for what may exceed 2^53. */
export function authoringEntryOf(row: AuthoringRow): Entry {
  const { tenantId: _tenant, scriptId: _script, revision, position, changes, ...entry } = row;
  return {
    ...entry,
    revision: String(revision),
    position: String(position),
    changes: changes as Entry['changes'],
  };
}

export function activationOf(row: ActivationRow): z.output<typeof activationSchema> {
  const { tenantId: _tenant, scriptId: _script, slug: _slug, ...activation } = row;
  return activation;
}
