import type { RunEvent, RunRequested } from './run.events.js';

export type RunState =
  | { readonly status: 'none' }
  | {
      readonly status: 'pending' | 'running' | 'finished';
      readonly request: RunRequested['data'];
      /** 0 before the first start. */
      readonly attempt: number;
      readonly worker: string | null;
      readonly cancelRequested: boolean;
    };

export type Run = Exclude<RunState, { status: 'none' }>;

export const noRun: RunState = Object.freeze({ status: 'none' });

export function evolveRun(state: RunState, event: RunEvent): RunState {
  if (event.type === 'RunRequested') {
    return { status: 'pending', request: event.data, attempt: 0, worker: null, cancelRequested: false };
  }
  if (state.status === 'none') throw new Error(`${event.type} before RunRequested: the stream is damaged`);
  switch (event.type) {
    case 'RunStarted':
      return { ...state, status: 'running', attempt: event.data.attempt, worker: event.data.worker };
    case 'RunCancelRequested':
      return { ...state, cancelRequested: true };
    case 'RunCompleted':
      return { ...state, status: 'finished' };
  }
}
