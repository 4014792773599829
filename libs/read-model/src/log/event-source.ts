/** An event as stored: what `@stemma/event-store` hands over. Positions have gaps. */
export interface RecordedEvent {
  readonly id: string;
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
  readonly type: string;
  readonly data: object;
  readonly metadata: object;
  readonly createdAt: Date;
  /** What data and metadata take as stored, where the source knows. */
  readonly bytes?: number;
}

export type Delivery =
  | { readonly kind: 'event'; readonly event: RecordedEvent }
  | { readonly kind: 'checkpoint'; readonly position: bigint }
  | { readonly kind: 'caughtUp' };

/** The log as projections need it, by structure, so that this library knows no event store. */
export interface EventSource {
  /** Application events in log order; `from` is inclusive, `after` exclusive; the start without either. */
  readAll(options?: {
    readonly from?: bigint;
    readonly after?: bigint;
    readonly direction?: 'forwards' | 'backwards';
    readonly limit?: number;
    readonly signal?: AbortSignal;
  }): AsyncIterable<RecordedEvent>;
  /**
   * The same forwards, in batches as they arrive, for reading much of the log. `data` and `metadata` may be decoded only
   * when they are looked at, so copies (`{ ...event }`) may lack them.
   */
  readBatches(options?: {
    readonly after?: bigint;
    readonly signal?: AbortSignal;
  }): AsyncIterable<readonly RecordedEvent[]>;
  /** Inclusive `from`; the start, or backwards the end, without it. A stream that does not exist reads as empty. */
  readStream(
    stream: string,
    options?: {
      readonly from?: bigint;
      readonly direction?: 'forwards' | 'backwards';
      readonly limit?: number;
    },
  ): AsyncIterable<RecordedEvent>;
  /**
   * Never ends by itself; events in log order, each once, from behind `after` (null: the start). From `'end'` on it says
   * first, as a checkpoint, which position that is, unless the log is empty. Data and metadata as in `readBatches`.
   */
  subscribe(options: {
    readonly after: bigint | null | 'end';
    readonly signal: AbortSignal;
    /** Called when the call is cut, before it is resumed: meanwhile the log may have been replaced. */
    readonly onInterrupted?: () => void;
  }): AsyncIterable<Delivery>;
}

/** What is written about what the engine does; pino fits. ERROR: someone must act. WARN: it heals itself. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
