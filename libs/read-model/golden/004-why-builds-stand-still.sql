
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
    