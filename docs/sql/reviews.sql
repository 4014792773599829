-- What the queries of reviews send. Made by `npm run -s sql`; do not edit it by hand.

-- listReviews
-- by reviews_tenant_id_submitted_at_script_id_idx
select *
  from read.reviews_v1
  where tenant_id = $1
  order by submitted_at, script_id
  limit $2;

-- listReviews, how many there are
select *
  from read.reviews_v1
  where tenant_id = $1
  order by submitted_at, script_id
  limit $2;
select count(*) as total
  from read.reviews_v1
  where tenant_id = $1;

-- listReviews that wait for somebody
-- by reviews_tenant_id_submitted_at_script_id_idx
select *
  from read.reviews_v1
  where tenant_id = $1
  and ((four_eyes = $2 or author != $3)
  and (($4
  and missing > $5
  and not approved_by @> $6) or ($7
  and missing = $8)))
  order by submitted_at, script_id
  limit $9;

-- listReviews of a script
-- by reviews_tenant_id_slug_idx
select *
  from read.reviews_v1
  where tenant_id = $1
  and slug = $2
  order by submitted_at, script_id
  limit $3;

-- listReviews by author and stage
-- by reviews_tenant_id_author_submitted_at_script_id_idx
select *
  from read.reviews_v1
  where tenant_id = $1
  and author = $2
  and missing > $3
  order by submitted_at, script_id
  limit $4;

-- listReviews, the next page
-- by reviews_tenant_id_submitted_at_script_id_idx
select *
  from read.reviews_v1
  where tenant_id = $1
  and (submitted_at, script_id) > ($2, $3)
  order by submitted_at, script_id
  limit $4;
