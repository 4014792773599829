import type { Run } from '@stemma/contracts';
import type { RunRow } from '@stemma/projections/runs';

/** A row as the API shows it: whose it is stays inside. */
export function runOf({ tenantId: _tenant, scriptId: _script, failedAt, retryAfterMs, ...run }: RunRow): Run {
  const retryAt =
    failedAt === null || retryAfterMs === null
      ? null
      : new Date(Date.parse(failedAt) + retryAfterMs).toISOString();
  return { ...run, retryAt } as Run;
}
