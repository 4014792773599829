/** An artifact that is stored. */
export interface StoredArtifact {
  /** Bytes. */
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
}

/** Takes the bytes of one artifact. Exactly one of `close` and `abort` is called, once. */
export interface ArtifactWriter {
  write(chunk: Uint8Array): Promise<void>;
  /** Resolves when the bytes are safe. */
  close(): Promise<StoredArtifact>;
  /** Drops what was written. */
  abort(): Promise<void>;
}

/** Where artifacts go while the run lasts. Names are already safe: relative, without `..`, unique within the run. */
export interface ArtifactSink {
  open(name: string): Promise<ArtifactWriter>;
}
