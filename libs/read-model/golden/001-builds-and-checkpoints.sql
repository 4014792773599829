
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
    