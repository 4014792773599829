import type { Decider } from '@stemma/decider';
import type { Meta } from '../shared/metadata.js';
import { requireTenantAtWork } from '../tenant/tenant-terms.js';
import { type CompleteRun, completeRun } from './complete-run.js';
import { type RequestCancel, requestCancel } from './request-cancel.js';
import { type RequestRun, requestRun } from './request-run.js';
import type { RunEvent } from './run.events.js';
import { evolveRun, noRun, type RunState } from './run.state.js';
import { type StartRun, startRun } from './start-run.js';

export type RunCommand = RequestRun | StartRun | RequestCancel | CompleteRun;

export const runDecider: Decider<RunState, RunCommand, RunEvent, Meta> = {
  initial: noRun,
  evolve: evolveRun,
  decide,
};

function decide(state: RunState, command: RunCommand): readonly RunEvent[] {
  switch (command.type) {
    case 'RequestRun':
      requireTenantAtWork(command);
      return requestRun(state, command);
    case 'StartRun':
      requireTenantAtWork(command);
      return startRun(state, command);
    case 'RequestCancel':
      return requestCancel(state, command);
    case 'CompleteRun':
      return completeRun(state, command);
  }
}
