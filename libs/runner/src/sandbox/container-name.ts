const runName = /^\/?stemma-([A-Za-z0-9][A-Za-z0-9-]{0,63})-([1-9][0-9]{0,8})$/;

export interface Attempt {
  readonly runId: string;
  readonly attempt: number;
}

/** `stemma-<runId>-<attempt>`: the engine itself refuses a second container for one attempt. */
export function containerNameOf({ runId, attempt }: Attempt): string {
  return `stemma-${runId}-${attempt}`;
}

/** Null for the name of a warm container. */
export function attemptOf(containerName: string): Attempt | null {
  const found = runName.exec(containerName);
  if (found?.[1] === undefined || containerName.includes(warmPrefix)) return null;
  return { runId: found[1], attempt: Number(found[2]) };
}

const warmPrefix = 'stemma-warm.';

export function warmNameOf(unique: string): string {
  return `${warmPrefix}${unique}`;
}

export function isAttempt({ runId, attempt }: Attempt): boolean {
  return attemptOf(containerNameOf({ runId, attempt })) !== null;
}
