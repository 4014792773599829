/** An event about to be appended. `id` is a uuid derived from its command, so that an append can be repeated (HAZARDS H1). */
export interface NewEvent {
  readonly id: string;
  readonly type: string;
  readonly data: object;
  readonly metadata: object;
}

/** An event as stored. `position` is its commit position in `$all`; positions have gaps. */
export interface RecordedEvent {
  readonly id: string;
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
  readonly type: string;
  readonly data: object;
  readonly metadata: object;
  readonly createdAt: Date;
  /** What data and metadata take as stored; only of events that came in batches or by subscription. */
  readonly bytes?: number;
}

export type ExpectedRevision = bigint | 'no_stream' | 'stream_exists' | 'any';

/** The revision of the last event appended and its commit position. */
export interface Appended {
  readonly revision: bigint;
  readonly position: bigint;
}

export interface ReadStreamOptions {
  /** Inclusive; the start (forwards) or the end (backwards) when absent. */
  readonly from?: bigint;
  readonly direction?: 'forwards' | 'backwards';
  readonly limit?: number;
}

export interface ReadAllOptions {
  /** Inclusive, the position of an event: where `after` would leave it out. */
  readonly from?: bigint;
  /** Exclusive; the start (forwards) or the end (backwards) when absent. */
  readonly after?: bigint;
  readonly direction?: 'forwards' | 'backwards';
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

export interface ReadBatchesOptions {
  /** Exclusive; the start of the log when absent. */
  readonly after?: bigint;
  readonly signal?: AbortSignal;
}

/** Application events in log order, as many at a time as arrived while the consumer was busy. */
export type ReadBatches = (options?: ReadBatchesOptions) => AsyncIterable<readonly RecordedEvent[]>;

export interface SubscribeOptions {
  /** Exclusive; `null` is the start of the log, `'end'` only what comes from now on. */
  readonly after: bigint | null | 'end';
  /** Only streams whose name begins with one of these; all application streams when absent. */
  readonly streamPrefixes?: readonly string[];
  /** Called when the call is cut: until `caughtUp` comes again, something may have happened that was not handed over. */
  readonly onInterrupted?: () => void;
  readonly signal: AbortSignal;
}

/** What a subscription hands over, in the order of the log; the next one is asked for when the consumer is ready. */
export type Delivery =
  | { readonly kind: 'event'; readonly event: RecordedEvent }
  /** Everything up to `position` was considered and handed over before this (HAZARDS H2, H3). */
  | { readonly kind: 'checkpoint'; readonly position: bigint }
  /** The end of the log was reached and everything before it handed over. May come again after a resumption. */
  | { readonly kind: 'caughtUp' };

/** The log. Every call is safe to repeat; none hides an unknown outcome. */
export interface EventStore {
  /**
   * Appends all or nothing. Repeats itself at the same revision with the same ids while the outcome is unknown (H1, H5).
   * Throws `RevisionConflict`, `AppendTooLarge`, `StreamDeleted`, `StoreUnavailable`.
   */
  append(stream: string, events: readonly NewEvent[], expected: ExpectedRevision): Promise<Appended>;
  /**
   * Hides what the stream holds, if its last event stands at `expected`; it may be begun again, at the next revision. Throws
   * `RevisionConflict`, also for a stream that is not there, and `StoreUnavailable`.
   */
  deleteStream(stream: string, expected: bigint): Promise<void>;
  /** A stream that does not exist reads as empty; one that was tombstoned throws `StreamDeleted`. */
  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<RecordedEvent>;
  /** Application events only (no `$` streams), in log order. */
  readAll(options?: ReadAllOptions): AsyncIterable<RecordedEvent>;
  /**
   * The same forwards, fast: for whoever reads the whole log. Data and metadata are decoded when they are looked at, so
   * copies of an event (`{ ...event }`) lack them.
   */
  readBatches: ReadBatches;
  /**
   * Never ends by itself: resumes from the last delivered position with back-off, for ever (H4), until `signal` aborts. Data
   * and metadata are decoded when they are looked at, as in `readBatches`.
   */
  subscribe(options: SubscribeOptions): AsyncIterable<Delivery>;
  close(): Promise<void>;
}
