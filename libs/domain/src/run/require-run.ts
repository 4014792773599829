import { refuse } from '../shared/rejections.js';
import type { Run, RunState } from './run.state.js';

function requireRun(state: RunState): Run {
  return state.status === 'none' ? refuse('run-not-found', 'There is no such run.') : state;
}

/** Terminal states absorb: nothing that comes later changes them (HAZARDS T12). */
export function requireUnfinished(state: RunState): Run {
  const run = requireRun(state);
  return run.status === 'finished' ? refuse('run-finished', 'The run has ended; its result stands.') : run;
}
