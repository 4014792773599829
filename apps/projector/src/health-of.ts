import type { Health } from '@stemma/observability';
import type { BuildStatus } from '@stemma/read-model';

/** Ready when every projection follows the end of the log, degraded when streams are parked. */
export function healthOf(projections: readonly BuildStatus[]): Health {
  const ready = projections.every(({ activity }) => activity === 'live');
  const degraded = projections.some(({ parked }) => parked > 0);
  return { ready, body: { status: ready ? (degraded ? 'degraded' : 'ready') : 'not-ready', projections } };
}
