-- What the queries of scripts send. Made by `npm run -s sql`; do not edit it by hand.

-- findScript
-- by scripts_tenant_id_slug_idx
select *
  from read.scripts_v2
  where tenant_id = $1
  and slug = $2;

-- listScripts
-- by scripts_tenant_id_slug_idx
select s.*
  from read.scripts_v2 as s
  where s.tenant_id = $1
  order by s.slug asc, s.script_id asc
  limit $2;

-- listScripts, how many there are
select s.*
  from read.scripts_v2 as s
  where s.tenant_id = $1
  order by s.slug asc, s.script_id asc
  limit $2;
select count(*) as total
  from read.scripts_v2 as s
  where s.tenant_id = $1;

-- listScripts by name
-- by scripts_tenant_id_name_script_id_idx
select s.*
  from read.scripts_v2 as s
  where s.tenant_id = $1
  order by s.name asc, s.script_id asc
  limit $2;

-- listScripts, changed last
-- by scripts_tenant_id_changed_at_script_id_idx
select s.*
  from read.scripts_v2 as s
  where s.tenant_id = $1
  order by s.changed_at desc, s.script_id desc
  limit $2;

-- listScripts, newest
-- by scripts_tenant_id_created_at_script_id_idx
select s.*
  from read.scripts_v2 as s
  where s.tenant_id = $1
  order by s.created_at desc, s.script_id desc
  limit $2;

-- listScripts, the next page
-- by scripts_tenant_id_slug_idx
select s.*
  from read.scripts_v2 as s
  where s.tenant_id = $1
  and (s.slug, s.script_id) > ($2, $3)
  order by s.slug asc, s.script_id asc
  limit $4;

-- listScripts by label and word
-- by terms_tenant_id_field_term_script_id_idx
select s.*
  from read.scripts_v2 as s
  where s.tenant_id = $1
  and exists (select t.place
  from read.scripts_v2_terms as t
  where t.tenant_id = s.tenant_id
  and t.script_id = s.script_id
  and t.field = $2
  and t.term = $3)
  and exists (select t.place
  from read.scripts_v2_terms as t
  where t.tenant_id = s.tenant_id
  and t.script_id = s.script_id
  and t.field = $4
  and t.term >= $5
  and t.term < $6)
  and exists (select t.place
  from read.scripts_v2_terms as t
  where t.tenant_id = s.tenant_id
  and t.script_id = s.script_id
  and t.field = $7
  and t.term >= $8
  and t.term < $9)
  order by s.slug asc, s.script_id asc
  limit $10;

-- listScripts by status, kind and type
select s.*
  from read.scripts_v2 as s
  where s.tenant_id = $1
  and s.status = $2
  and s.kind = $3
  and s.type = $4
  order by s.slug asc, s.script_id asc
  limit $5;

-- listPrunePolicies (all tenants: the system itself)
-- by scripts_pkey
select tenant_id, script_id, slug, prune_policy
  from read.scripts_v2
  where prune_policy is not null
  and retired = $1
  order by script_id
  limit $2;
