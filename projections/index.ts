/** Every projection there is, one line each. */
import { runs } from './runs/runs.projection.js';
import { scripts } from './scripts/scripts.projection.js';
import { versions } from './versions/versions.projection.js';

export const projections = [runs, scripts, versions] as const;
