/** A run that may be given to the queue. */
export interface Candidate {
  readonly tenantId: string;
  readonly runId: string;
  /** The attempt that would come next. */
  readonly attempt: number;
}

/**
 * Turns between tenants: at most `perTenant` of each are in the queue, the rest wait here in order, so that one tenant's
 * two hundred runs are not in front of another's first (HAZARDS Q9). Nothing here is truth: it is folded from the log.
 */
export interface Admission {
  /** The runs to enqueue now: this one, or none when it is there already or has to wait. */
  request(candidate: Candidate): readonly Candidate[];
  /** The run ended: the next of its tenant, if one waits. */
  end(tenantId: string, runId: string): readonly Candidate[];
  isAdmitted(tenantId: string, runId: string): boolean;
  /** How many wait, in all. */
  waiting(): number;
}

interface Lane {
  readonly admitted: Set<string>;
  /** Insertion order is the order of the log. */
  readonly waiting: Map<string, Candidate>;
}

export function openAdmission(perTenant: number): Admission {
  const lanes = new Map<string, Lane>();
  return {
    request: (candidate) => enter(laneOf(lanes, candidate.tenantId), candidate, perTenant),
    end(tenantId, runId) {
      const lane = lanes.get(tenantId);
      if (!lane) return [];
      const next = leave(lane, runId, perTenant);
      if (lane.admitted.size + lane.waiting.size === 0) lanes.delete(tenantId);
      return next;
    },
    isAdmitted: (tenantId, runId) => lanes.get(tenantId)?.admitted.has(runId) ?? false,
    waiting: () => [...lanes.values()].reduce((sum, lane) => sum + lane.waiting.size, 0),
  };
}

function laneOf(lanes: Map<string, Lane>, tenantId: string): Lane {
  const lane = lanes.get(tenantId) ?? { admitted: new Set(), waiting: new Map<string, Candidate>() };
  lanes.set(tenantId, lane);
  return lane;
}

function enter({ admitted, waiting }: Lane, candidate: Candidate, perTenant: number): readonly Candidate[] {
  if (admitted.has(candidate.runId)) return [];
  if (admitted.size >= perTenant) {
    waiting.set(candidate.runId, candidate);
    return [];
  }
  waiting.delete(candidate.runId);
  admitted.add(candidate.runId);
  return [candidate];
}

function leave(lane: Lane, runId: string, perTenant: number): readonly Candidate[] {
  lane.waiting.delete(runId);
  if (!lane.admitted.delete(runId)) return [];
  const [next] = lane.waiting.values();
  return next ? enter(lane, next, perTenant) : [];
}
