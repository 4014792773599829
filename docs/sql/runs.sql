-- What the queries of runs send. Made by `npm run -s sql`; do not edit it by hand.

-- findRun
-- by runs_pkey
select *
  from read.runs_v2
  where tenant_id = $1
  and run_id = $2;

-- listRuns
-- by runs_tenant_id_requested_at_run_id_idx
select *
  from read.runs_v2
  where tenant_id = $1
  and 1 = 1
  order by requested_at desc, run_id desc
  limit $2;

-- listRuns of a script
-- by runs_tenant_id_slug_requested_at_run_id_idx
select *
  from read.runs_v2
  where tenant_id = $1
  and slug = $2
  order by requested_at desc, run_id desc
  limit $3;

-- listRuns by status, context and person
-- by runs_status_requested_at_idx
select *
  from read.runs_v2
  where tenant_id = $1
  and (status = $2
  and context = $3
  and requested_by = $4)
  order by requested_at desc, run_id desc
  limit $5;

-- listRuns, the next page
-- by runs_tenant_id_requested_at_run_id_idx
select *
  from read.runs_v2
  where tenant_id = $1
  and 1 = 1
  and (requested_at, run_id) < ($2, $3)
  order by requested_at desc, run_id desc
  limit $4;

-- findBlobUses, a page of all runs
-- by runs_tenant_id_requested_at_run_id_idx
select run_id, requested_at, ended_at, input, files, output, log, artifacts, attempts
  from read.runs_v2
  where tenant_id = $1
  order by requested_at, run_id
  limit $2;

-- listTenantsWithRuns, a tenant (all tenants: the system itself)
-- by runs_tenant_id_requested_at_run_id_idx
select tenant_id
  from read.runs_v2
  order by tenant_id
  limit $1;

-- listUnfinishedRuns (all tenants: the system itself)
-- by runs_status_requested_at_idx
select tenant_id, run_id, status, attempt, attempts, cancel_requested, failures, failed_at, retry_after_ms, requested_at, started_at
  from read.runs_v2
  where status in ($1, $2)
  order by requested_at, run_id
  limit $3;

-- listUnfinishedRuns, the next page (all tenants: the system itself)
-- by runs_status_requested_at_idx
select tenant_id, run_id, status, attempt, attempts, cancel_requested, failures, failed_at, retry_after_ms, requested_at, started_at
  from read.runs_v2
  where status in ($1, $2)
  and (requested_at, run_id) > ($3, $4)
  order by requested_at, run_id
  limit $5;
