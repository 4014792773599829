import { Refused } from '../http/refused.js';

/** Another tenant's script is answered by the very same words as one that never was (HAZARDS A2). */
export const scriptNotFound = (): Refused =>
  new Refused(
    'script-not-found',
    'There is no such script. Check the slug; GET /v1/scripts lists what there is.',
  );

export const versionNotFound = (number: number): Refused =>
  new Refused(
    'version-not-found',
    `Version ${number} does not exist. GET /v1/scripts/{slug}/versions lists what there is.`,
  );
