/** An event as a client proposes it, before it has a place. */
export interface ProposedEvent {
  /** 16 bytes. */
  readonly id: Buffer;
  readonly type: Buffer;
  readonly contentType: Buffer;
  readonly data: Buffer;
  readonly metadata: Buffer;
}

/** What the client expects of the stream. A bigint is the exact last revision. */
export type Expected = 'any' | 'no_stream' | 'stream_exists' | bigint;

/** Bytes that count against the append limit; a real server counts the type too, at two bytes a letter. */
export const proposedSize = ({ data, metadata, type }: ProposedEvent): number =>
  data.length + metadata.length + 2 * type.length;
