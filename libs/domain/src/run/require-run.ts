import { refuse } from '../shared/rejections.js';
import type { Run, RunState } from './run.state.js';

function requireRun(state: RunState): Run {
  return state.status === 'none' ? refuse('run-not-found', 'There is no such run.') : state;
}

/** Terminal states absorb: nothing that comes later changes them (HAZARDS T12). */
export function requireUnfinished(state: RunState): Run {
  const run = requireRun(state);
  if (run.status !== 'finished') return run;
  return refuse('run-finished', `The run has ended as ${run.endedAs}; its result stands.`);
}
