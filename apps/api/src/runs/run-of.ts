import type { Run } from '@stemma/contracts';
import type { RunRow } from '@stemma/projections/runs';

/** A row as the API shows it: whose it is stays inside. */
export function runOf({ tenantId: _tenant, scriptId: _script, ...run }: RunRow): Run {
  return run as Run;
}
