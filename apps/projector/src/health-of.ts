import type { Health } from '@stemma/observability';
import type { BuildStatus } from '@stemma/read-model';

/**
 * Ready when every projection follows the end of the log; degraded when streams are parked, or when one stands still
 * although events arrive (`still`).
 */
export function healthOf(projections: readonly BuildStatus[], still: readonly string[] = []): Health {
  const ready = projections.every(({ activity }) => activity === 'live');
  const degraded = still.length > 0 || projections.some(({ parked }) => parked > 0);
  const status = ready ? (degraded ? 'degraded' : 'ready') : 'not-ready';
  return { ready, body: { status, still, projections } };
}
