/** What this worker executes now. */
export interface ActiveRuns {
  /** Throws when the attempt is being executed here already. */
  begin(runId: string, attempt: number): { readonly signal: AbortSignal; end(): void };
  executes(runId: string, attempt: number): boolean;
  /** Stops the container of the run, if it is one of ours. */
  cancel(runId: string): void;
  readonly size: number;
  list(): readonly { readonly runId: string; readonly attempt: number }[];
}

export function openActiveRuns(): ActiveRuns {
  const active = new Map<string, { readonly attempt: number; readonly stop: AbortController }>();
  return {
    begin(runId, attempt) {
      if (active.has(runId)) throw new Error(`run ${runId} is being executed here already`);
      const stop = new AbortController();
      active.set(runId, { attempt, stop });
      return { signal: stop.signal, end: () => void active.delete(runId) };
    },
    executes: (runId, attempt) => active.get(runId)?.attempt === attempt,
    cancel: (runId) => active.get(runId)?.stop.abort(),
    list: () => [...active].map(([runId, { attempt }]) => ({ runId, attempt })),
    get size() {
      return active.size;
    },
  };
}
