/** Every projection there is, one line each. */
import { authoring } from './authoring/authoring.projection.js';
import { reviews } from './reviews/reviews.projection.js';
import { runs } from './runs/runs.projection.js';
import { scripts } from './scripts/scripts.projection.js';
import { secrets } from './secrets/secrets.projection.js';
import { versions } from './versions/versions.projection.js';

/** Whoever reads the log for them reads it through these. */
export { upcasters } from '@stemma/domain/events';
export const projections = [authoring, reviews, runs, scripts, secrets, versions] as const;
