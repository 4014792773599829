import type { Script, Version } from '@stemma/contracts';
import type { ScriptRow } from '@stemma/projections/scripts';
import type { VersionRow } from '@stemma/projections/versions';

/** The row as the API shows it: without the tenant, and with the revision as the ETag. */
export function scriptOf({ tenantId: _tenant, revision: _revision, ...row }: ScriptRow): Script {
  const { labels, intents, languageCodes, triggers } = row;
  return {
    ...row,
    labels: [...labels],
    intents: [...intents],
    languageCodes: [...languageCodes],
    triggers: { ...triggers },
  };
}

export function versionOf(row: VersionRow): Version {
  const { tenantId: _tenant, scriptId: _script, slug: _slug, ...version } = row;
  return {
    ...version,
    submissions: [...row.submissions],
    withdrawals: [...row.withdrawals],
    requestedChanges: [...row.requestedChanges],
    approvals: [...row.approvals],
  };
}
