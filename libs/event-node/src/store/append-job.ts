import type { Expected, ProposedEvent } from './proposed-event.js';

/** What a stream shall undergo: events appended, a delete that allows new life, or a delete for ever. */
export type StreamChange =
  | { readonly kind: 'append'; readonly events: readonly ProposedEvent[] }
  | { readonly kind: 'delete' }
  | { readonly kind: 'tombstone' };

export interface AppendRequest {
  readonly stream: string;
  readonly expected: Expected;
  readonly change: StreamChange;
  /** Unix ms; past it the request is answered `timeout` and nothing is stored. */
  readonly deadline?: number;
}

export type AppendOutcome =
  | { readonly kind: 'stored'; readonly revision: number; readonly position: number | undefined }
  | { readonly kind: 'wrong-expected-version'; readonly current: number | undefined }
  | { readonly kind: 'stream-deleted' }
  | { readonly kind: 'too-large'; readonly limit: number }
  | { readonly kind: 'timeout' };
