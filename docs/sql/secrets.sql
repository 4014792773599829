-- What the queries of secrets send. Made by `npm run -s sql`; do not edit it by hand.

-- listSecrets
-- by secrets_tenant_id_name_idx
select *
  from read.secrets_v1
  where tenant_id = $1
  order by name
  limit $2;

-- listSecrets, the next page
-- by secrets_tenant_id_name_idx
select *
  from read.secrets_v1
  where tenant_id = $1
  and name > $2
  order by name
  limit $3;

-- findSecret
-- by secrets_tenant_id_name_idx
select *
  from read.secrets_v1
  where tenant_id = $1
  and name = $2;

-- listDataKeys (all tenants: the system itself)
select tenant_id, secret_id, life
  from read.secrets_v1
  order by secret_id
  limit $1;
