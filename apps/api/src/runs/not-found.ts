import { Refused } from '../http/refused.js';

/** Another tenant's run is answered by the very same words as one that never was (HAZARDS A2). */
export const runNotFound = (): Refused =>
  new Refused('run-not-found', 'There is no such run. Check the id; GET /v1/runs lists what there is.');

export const fileNotFound = (what: string): Refused =>
  new Refused(
    'file-not-found',
    `${what} is not there. The run's manifest lists what was kept; retention removes the bytes.`,
  );
