-- What the queries of versions send. Made by `npm run -s sql`; do not edit it by hand.

-- findVersion
-- by slugs_tenant_id_slug_idx
-- by versions_tenant_id_script_id_number_idx
select v.*, s.slug
  from read.versions_v2_slugs as s
  inner join read.versions_v2 as v on v.tenant_id = s.tenant_id
  and v.script_id = s.script_id
  where s.tenant_id = $1
  and s.slug = $2
  and v.number = $3;

-- listVersions
-- by slugs_tenant_id_slug_idx
-- by versions_tenant_id_script_id_number_idx
select v.*, s.slug
  from read.versions_v2_slugs as s
  inner join read.versions_v2 as v on v.tenant_id = s.tenant_id
  and v.script_id = s.script_id
  where s.tenant_id = $1
  and s.slug = $2
  order by v.number desc
  limit $3;

-- listVersions, the next page
-- by slugs_tenant_id_slug_idx
-- by versions_tenant_id_script_id_number_idx
select v.*, s.slug
  from read.versions_v2_slugs as s
  inner join read.versions_v2 as v on v.tenant_id = s.tenant_id
  and v.script_id = s.script_id
  where s.tenant_id = $1
  and s.slug = $2
  and v.number < $3
  order by v.number desc
  limit $4;

-- listLineage
-- by slugs_tenant_id_slug_idx
-- by versions_tenant_id_script_id_number_idx
select v.number, v.version_id, v.state, v.content_hash, v.derived_from_version_id, v.origin, v.same_content_as, v.change_summary, v.created_by, v.created_at
  from read.versions_v2_slugs as s
  inner join read.versions_v2 as v on v.tenant_id = s.tenant_id
  and v.script_id = s.script_id
  where s.tenant_id = $1
  and s.slug = $2
  order by v.number desc
  limit $3;

-- listPrunedContents (all tenants: the system itself)
-- by versions_pruned_at_idx
select tenant_id, script_id, content_hash, number, pruned_at
  from read.versions_v2
  where pruned_at >= $1
  order by pruned_at, script_id, number
  limit $2;

-- listPrunedContents, the next page (all tenants: the system itself)
-- by versions_pruned_at_idx
select tenant_id, script_id, content_hash, number, pruned_at
  from read.versions_v2
  where pruned_at >= $1
  and (pruned_at, script_id, number) > ($2, $3, $4)
  order by pruned_at, script_id, number
  limit $5;
