import type { Health } from '@stemma/observability';
import type { BuildStatus } from '@stemma/read-model';

/**
 * Ready when every projection follows the end of the log, or was paused: else nothing that waits for this process could start
 * while an operator has one stand still. Degraded when one is paused or has parked streams, or when one stands still although
 * events arrive (`still`).
 */
export function healthOf(projections: readonly BuildStatus[], still: readonly string[] = []): Health {
  const ready = projections.every(({ activity }) => activity === 'live' || activity === 'paused');
  const degraded =
    still.length > 0 || projections.some(({ activity, parked }) => activity === 'paused' || parked > 0);
  const status = ready ? (degraded ? 'degraded' : 'ready') : 'not-ready';
  return { ready, body: { status, still, projections } };
}
