-- What the queries of authoring send. Made by `npm run -s sql`; do not edit it by hand.

-- listAuthoring
-- by authoring_tenant_id_at_position_revision_idx
select *
  from read.authoring_v1
  where tenant_id = $1
  order by at desc, position desc, revision desc
  limit $2;

-- listAuthoring of a script
-- by authoring_tenant_id_slug_at_position_revision_idx
select *
  from read.authoring_v1
  where tenant_id = $1
  and slug = $2
  order by at desc, position desc, revision desc
  limit $3;

-- listAuthoring by person
-- by authoring_tenant_id_by_at_position_revision_idx
select *
  from read.authoring_v1
  where tenant_id = $1
  and by = $2
  order by at desc, position desc, revision desc
  limit $3;

-- listAuthoring by action and time
-- by authoring_tenant_id_action_at_position_revision_idx
select *
  from read.authoring_v1
  where tenant_id = $1
  and action = any($2)
  and at >= $3
  and at < $4
  order by at desc, position desc, revision desc
  limit $5;

-- listAuthoring, the next page
-- by authoring_tenant_id_at_position_revision_idx
select *
  from read.authoring_v1
  where tenant_id = $1
  and (at, position, revision) < ($2, $3, $4)
  order by at desc, position desc, revision desc
  limit $5;

-- listActivations
-- by activations_tenant_id_slug_number_idx
select *
  from read.authoring_v1_activations
  where tenant_id = $1
  and slug = $2
  order by number desc
  limit $3;
