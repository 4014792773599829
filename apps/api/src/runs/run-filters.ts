import type { listRunsQuery } from '@stemma/contracts';
import type { RunFilters } from '@stemma/projections/runs';
import type { z } from 'zod';

type Asked = z.output<typeof listRunsQuery>;

/** `subject.id`, `connector.key` and `var.<name>` are parts of one thing each. */
export function filtersOf(asked: Asked): RunFilters {
  const { slug, status, context, trigger, from, to } = asked;
  return {
    ...{ slug, status, context, trigger, from, to },
    subject: partsOf(asked, 'subject.'),
    connector: partsOf(asked, 'connector.'),
    variables: partsOf(asked, 'var.'),
  };
}

function partsOf(asked: Asked, prefix: string): Readonly<Record<string, string>> | undefined {
  const parts = Object.entries(asked).flatMap(([key, value]) =>
    key.startsWith(prefix) && typeof value === 'string' ? [[key.slice(prefix.length), value] as const] : [],
  );
  return parts.length === 0 ? undefined : Object.fromEntries(parts);
}
