/** Each query as it is asked, for docs/sql and for the spec that shows its index: one line per projection. */
import { authoringSamples } from './authoring/authoring.samples.js';
import { reviewSamples } from './reviews/reviews.samples.js';
import { runSamples } from './runs/runs.samples.js';
import { scriptSamples } from './scripts/scripts.samples.js';
import { secretSamples } from './secrets/secrets.samples.js';
import { versionSamples } from './versions/versions.samples.js';

export const samples = [
  authoringSamples,
  reviewSamples,
  runSamples,
  scriptSamples,
  secretSamples,
  versionSamples,
] as const;
