
      ALTER TABLE stemma.builds
        ADD COLUMN IF NOT EXISTS job uuid,
        ADD COLUMN IF NOT EXISTS proven_at timestamptz,
        DROP CONSTRAINT IF EXISTS builds_state_check,
        ADD CONSTRAINT builds_state_check CHECK (state IN ('building', 'trial', 'live', 'following', 'dropped'));
      ALTER TABLE stemma.checkpoints
        ADD COLUMN IF NOT EXISTS events bigint NOT NULL DEFAULT 0,
        ADD COLUMN IF NOT EXISTS latest_at timestamptz;
      CREATE TABLE IF NOT EXISTS stemma.marks (
        projection text NOT NULL,
        build integer NOT NULL,
        position bigint NOT NULL,
        latest_at timestamptz NOT NULL,
        PRIMARY KEY (projection, build, position),
        FOREIGN KEY (projection, build) REFERENCES stemma.checkpoints ON DELETE CASCADE
      );
      CREATE INDEX IF NOT EXISTS marks_by_time ON stemma.marks (projection, build, latest_at);
      CREATE TABLE IF NOT EXISTS stemma.pauses (
        projection text PRIMARY KEY,
        paused_by text NOT NULL,
        paused_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE TABLE IF NOT EXISTS stemma.parked (
        projection text NOT NULL,
        build integer NOT NULL,
        stream text NOT NULL,
        tenant_id uuid,
        revision bigint NOT NULL,
        position bigint NOT NULL,
        event_id uuid NOT NULL,
        event_type text NOT NULL,
        category text NOT NULL CHECK (category IN ('fold', 'row', 'database')),
        error text NOT NULL,
        events bigint NOT NULL DEFAULT 1,
        parked_at timestamptz NOT NULL DEFAULT now(),
        retry_asked_at timestamptz,
        PRIMARY KEY (projection, build, stream),
        FOREIGN KEY (projection, build) REFERENCES stemma.checkpoints ON DELETE CASCADE
      );
      ALTER TABLE stemma.parked ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
      DROP POLICY IF EXISTS writer ON stemma.parked;
      DROP POLICY IF EXISTS tenant ON stemma.parked;
      CREATE POLICY writer ON stemma.parked FOR ALL TO stemma_writer USING (true) WITH CHECK (true);
      CREATE POLICY tenant ON stemma.parked FOR SELECT TO stemma_reader
        USING (tenant_id = nullif(current_setting('stemma.tenant', true), '')::uuid);
      CREATE OR REPLACE VIEW read.parked WITH (security_invoker = true) AS
        SELECT b.projection, b.version, p.stream, p.tenant_id
        FROM stemma.builds b JOIN stemma.parked p USING (projection, build)
        WHERE b.state = 'live';
      CREATE TABLE IF NOT EXISTS stemma.jobs (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        kind text NOT NULL CHECK (kind IN ('rebuild', 'verify', 'swap', 'rollback', 'drop', 'abort')),
        projections text[] NOT NULL,
        options jsonb NOT NULL,
        asked_by text NOT NULL,
        asked_at timestamptz NOT NULL DEFAULT now(),
        state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'refused', 'aborted')),
        started_at timestamptz,
        ended_at timestamptz,
        progress jsonb,
        result jsonb
      );
      CREATE INDEX IF NOT EXISTS open_jobs ON stemma.jobs (asked_at) WHERE state IN ('queued', 'running');
      CREATE TABLE IF NOT EXISTS stemma.certificates (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        kind text NOT NULL CHECK (kind IN ('rebuild', 'verify', 'first-build')),
        projection text NOT NULL,
        version integer NOT NULL,
        build integer NOT NULL,
        against integer,
        log_id uuid NOT NULL,
        position bigint NOT NULL,
        events bigint NOT NULL,
        equal boolean NOT NULL,
        digest text NOT NULL,
        details jsonb NOT NULL,
        started_at timestamptz NOT NULL,
        ended_at timestamptz NOT NULL DEFAULT now(),
        by text NOT NULL,
        release text NOT NULL
      );
      CREATE INDEX IF NOT EXISTS certificates_of ON stemma.certificates (projection, id);
      GRANT SELECT ON stemma.marks, stemma.parked, read.parked TO stemma_reader;
      GRANT SELECT, INSERT, UPDATE, DELETE
        ON stemma.marks, stemma.pauses, stemma.parked, stemma.jobs, stemma.certificates TO stemma_writer;
      GRANT SELECT ON read.parked TO stemma_writer;
      CREATE OR REPLACE FUNCTION stemma.digest(source text, counted text[], left_out text[])
        RETURNS TABLE (tenant_id uuid, rows bigint, digest text)
        LANGUAGE plpgsql STABLE SET timezone = 'UTC' SET datestyle = 'ISO' AS $digest$
      DECLARE canonical text;
      BEGIN
        SELECT string_agg(format('t.%I', name), ', ' ORDER BY name) INTO canonical FROM unnest(counted) AS name;
        -- The sum of the sha256 of every row, as four numbers of 64 bits: the order of rows does not matter.
        RETURN QUERY EXECUTE format($query$
          SELECT h.tenant_id, count(*), encode(sha256(convert_to(concat_ws(' ', count(*),
            sum(('x' || substr(h.hash, 1, 16))::bit(64)::bigint), sum(('x' || substr(h.hash, 17, 16))::bit(64)::bigint),
            sum(('x' || substr(h.hash, 33, 16))::bit(64)::bigint), sum(('x' || substr(h.hash, 49, 16))::bit(64)::bigint)
          ), 'UTF8')), 'hex')
          FROM (
            SELECT r.tenant_id, encode(sha256(convert_to(to_jsonb(r)::text, 'UTF8')), 'hex') AS hash
            FROM (SELECT %s FROM %s t WHERE t._stream <> ALL ($1)) r
          ) h GROUP BY h.tenant_id $query$, canonical, source) USING left_out;
      END $digest$;
    