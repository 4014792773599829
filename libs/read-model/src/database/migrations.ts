/** One change of what the engine keeps of its own. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/** What the engine keeps of its own. Each step runs once, in order, and may be run again without harm (R-A16). */
export const migrations: readonly Migration[] = [
  {
    name: '001-builds-and-checkpoints',
    sql: `
      CREATE TABLE IF NOT EXISTS stemma.builds (
        projection text NOT NULL,
        build integer NOT NULL,
        version integer NOT NULL,
        state text NOT NULL CHECK (state IN ('building', 'live', 'following', 'dropped')),
        shape text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (projection, build)
      );
      CREATE UNIQUE INDEX IF NOT EXISTS one_live_build ON stemma.builds (projection, version) WHERE state = 'live';
      CREATE TABLE IF NOT EXISTS stemma.checkpoints (
        projection text NOT NULL,
        build integer NOT NULL,
        log_id uuid NOT NULL,
        position bigint,
        event_id uuid,
        epoch bigint NOT NULL DEFAULT 0,
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (projection, build),
        FOREIGN KEY (projection, build) REFERENCES stemma.builds ON DELETE CASCADE
      ) WITH (fillfactor = 50);
      CREATE OR REPLACE VIEW read.checkpoints WITH (security_invoker = true) AS
        SELECT b.projection, b.version, c.log_id, c.position, c.updated_at
        FROM stemma.builds b JOIN stemma.checkpoints c USING (projection, build)
        WHERE b.state = 'live';
      GRANT SELECT ON stemma.builds, stemma.checkpoints, read.checkpoints TO stemma_reader;
      GRANT SELECT ON stemma.builds, read.checkpoints TO stemma_writer;
      GRANT SELECT, UPDATE ON stemma.checkpoints TO stemma_writer;
    `,
  },
  {
    name: '002-operating-builds',
    sql: `
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
    `,
  },
  {
    name: '003-when-builds-were-read',
    sql: 'ALTER TABLE stemma.builds ADD COLUMN IF NOT EXISTS live_since timestamptz',
  },
  {
    name: '004-why-builds-stand-still',
    sql: `
      CREATE TABLE IF NOT EXISTS stemma.troubles (
        projection text NOT NULL,
        version integer NOT NULL,
        build integer NOT NULL,
        reason text NOT NULL,
        release text NOT NULL,
        since timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (projection, version, build)
      );
      GRANT SELECT, INSERT, UPDATE, DELETE ON stemma.troubles TO stemma_writer;
    `,
  },
  {
    name: 'directory-of-names',
    sql: `
      CREATE TABLE IF NOT EXISTS stemma.directory (
        tenant_id uuid NOT NULL,
        subject text NOT NULL,
        display_name text,
        mail text,
        PRIMARY KEY (tenant_id, subject)
      );
      ALTER TABLE stemma.directory ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
      DROP POLICY IF EXISTS tenant ON stemma.directory;
      CREATE POLICY tenant ON stemma.directory FOR ALL TO stemma_reader
        USING (tenant_id = nullif(current_setting('stemma.tenant', true), '')::uuid)
        WITH CHECK (tenant_id = nullif(current_setting('stemma.tenant', true), '')::uuid);
      GRANT SELECT, INSERT, UPDATE, DELETE ON stemma.directory TO stemma_reader;
    `,
  },
  {
    name: 'moving-checkpoints-together',
    sql: `
      CREATE OR REPLACE FUNCTION stemma.move_checkpoints(moves json) RETURNS void LANGUAGE plpgsql AS $move$
      DECLARE moved integer; standing text;
      BEGIN
        WITH wanted AS (
          SELECT * FROM json_to_recordset(moves) AS m (projection text, build integer, epoch bigint, was bigint,
            position bigint, event_id uuid, events bigint, latest_at timestamptz)
        ), done AS (
          UPDATE stemma.checkpoints c
          SET position = w.position, event_id = w.event_id, events = w.events, latest_at = w.latest_at, updated_at = now()
          FROM wanted w
          WHERE c.projection = w.projection AND c.build = w.build AND c.epoch = w.epoch
            AND c.position IS NOT DISTINCT FROM w.was
          RETURNING c.projection, c.build, c.log_id, c.position)
        SELECT count(*), string_agg(concat_ws(' ', b.projection, b.version, d.log_id, d.position), E'\\n')
          FILTER (WHERE b.state = 'live')
        INTO moved, standing FROM done d JOIN stemma.builds b USING (projection, build);
        IF moved <> json_array_length(moves) THEN
          RAISE EXCEPTION 'another writer moved one of the checkpoints' USING ERRCODE = 'serialization_failure';
        END IF;
        IF standing IS NOT NULL THEN PERFORM pg_notify('stemma_positions', standing); END IF;
      END $move$;
    `,
  },
  {
    name: 'hashing-rows-once',
    sql: `
      CREATE OR REPLACE FUNCTION stemma.digest(source text, counted text[], left_out text[])
        RETURNS TABLE (tenant_id uuid, rows bigint, digest text) LANGUAGE plpgsql STABLE AS $digest$
      DECLARE canonical text;
      BEGIN
        SELECT string_agg(format('t.%I', name), ', ' ORDER BY name) INTO canonical FROM unnest(counted) AS name;
        -- The sum of the sha256 of every row, as four numbers of 64 bits: the order of rows does not matter. A row is its
        -- columns by name, in the binary form that no setting of a session changes. OFFSET 0: hashed once, not four times.
        RETURN QUERY EXECUTE format($query$
          SELECT h.tenant_id, count(*), encode(sha256(convert_to(concat_ws(' ', count(*),
            sum(('x' || substr(h.hash, 1, 16))::bit(64)::bigint), sum(('x' || substr(h.hash, 17, 16))::bit(64)::bigint),
            sum(('x' || substr(h.hash, 33, 16))::bit(64)::bigint), sum(('x' || substr(h.hash, 49, 16))::bit(64)::bigint)
          ), 'UTF8')), 'hex')
          FROM (
            SELECT t.tenant_id, encode(sha256(record_send(ROW(%s))), 'hex') AS hash
            FROM %s t WHERE t._stream <> ALL ($1) OFFSET 0
          ) h GROUP BY h.tenant_id $query$, canonical, source) USING left_out;
      END $digest$;
    `,
  },
  {
    name: 'summing-hashes-as-bits',
    sql: `
      CREATE OR REPLACE FUNCTION stemma.digest(source text, counted text[], left_out text[])
        RETURNS TABLE (tenant_id uuid, rows bigint, digest text) LANGUAGE plpgsql STABLE AS $digest$
      DECLARE canonical text;
      BEGIN
        SELECT string_agg(format('t.%I', name), ', ' ORDER BY name) INTO canonical FROM unnest(counted) AS name;
        -- The sum of the sha256 of every row, as four numbers of 64 bits: the order of rows does not matter. A row is its
        -- columns by name, in the binary form that no setting of a session changes. OFFSET 0: hashed once, not four times.
        -- Shifted bits, for pieces of text are looked for character by character.
        RETURN QUERY EXECUTE format($query$
          SELECT h.tenant_id, count(*), encode(sha256(convert_to(concat_ws(' ', count(*),
            sum(h.hash::bit(64)::bigint), sum((h.hash << 64)::bit(64)::bigint),
            sum((h.hash << 128)::bit(64)::bigint), sum((h.hash << 192)::bit(64)::bigint)
          ), 'UTF8')), 'hex')
          FROM (
            SELECT t.tenant_id, ('x' || encode(sha256(record_send(ROW(%s))), 'hex'))::bit(256) AS hash
            FROM %s t WHERE t._stream <> ALL ($1) OFFSET 0
          ) h GROUP BY h.tenant_id $query$, canonical, source) USING left_out;
      END $digest$;
    `,
  },
  {
    name: 'certificates-from-the-log',
    sql: `
      ALTER TABLE stemma.certificates ADD COLUMN IF NOT EXISTS event_id uuid;
      CREATE UNIQUE INDEX IF NOT EXISTS certificates_of_events ON stemma.certificates (event_id);
    `,
  },
  {
    name: 'what-jobs-chose',
    sql: `
      ALTER TABLE stemma.jobs ADD COLUMN IF NOT EXISTS chosen jsonb;
      CREATE INDEX IF NOT EXISTS untold_jobs ON stemma.jobs (asked_at) WHERE ended_at IS NULL;
    `,
  },
];
