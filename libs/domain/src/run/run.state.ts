import type { Meta } from '../shared/metadata.js';
import type { RunEvent, RunRequested, RunStatus } from './run.events.js';

export type RunState =
  | { readonly status: 'none' }
  | {
      readonly status: 'pending' | 'running' | 'finished';
      readonly request: RunRequested['data'];
      /** 0 before the first start. */
      readonly attempt: number;
      readonly worker: string | null;
      readonly cancelRequested: boolean;
      /** Attempts that failed and were to be followed by another one. */
      readonly failures: number;
      /** The pause before the next attempt: from when (ISO 8601) and how long; null when there is none. */
      readonly pause: { readonly from: string; readonly ms: number } | null;
      /** How it ended; null before. */
      readonly endedAs: RunStatus | null;
    };

export type Run = Exclude<RunState, { status: 'none' }>;

export const noRun: RunState = Object.freeze({ status: 'none' });

export function evolveRun(state: RunState, event: RunEvent, meta: Pick<Meta, 'at'>): RunState {
  if (event.type === 'RunRequested') {
    return {
      status: 'pending',
      request: event.data,
      attempt: 0,
      worker: null,
      cancelRequested: false,
      failures: 0,
      pause: null,
      endedAs: null,
    };
  }
  if (state.status === 'none') throw new Error(`${event.type} before RunRequested: the stream is damaged`);
  switch (event.type) {
    case 'RunStarted':
      return {
        ...state,
        status: 'running',
        attempt: event.data.attempt,
        worker: event.data.worker,
        pause: null,
      };
    case 'RunAttemptFailed':
      return {
        ...state,
        status: 'pending',
        worker: null,
        failures: state.failures + 1,
        pause: { from: meta.at, ms: event.data.retryAfterMs },
      };
    case 'RunCancelRequested':
      return { ...state, cancelRequested: true };
    case 'RunCompleted':
      return { ...state, status: 'finished', endedAs: event.data.status };
  }
}
