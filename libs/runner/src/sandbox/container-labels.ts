const prefix = 'dev.stemma.';
const keys = { install: `${prefix}install`, worker: `${prefix}worker`, runtime: `${prefix}runtime` } as const;

export type ContainerLabels = Readonly<Record<string, string>>;

/** Whose container it is. The run is in its name, because a warm one gets its run later, and labels cannot change. */
export interface Ownership {
  /** Which installation: several may share an engine, and each keeps its hands off the others'. */
  readonly installId: string;
  readonly workerId: string;
}

export function labelsOf({ installId, workerId }: Ownership, runtime: string): ContainerLabels {
  return { [keys.install]: installId, [keys.worker]: workerId, [keys.runtime]: runtime };
}

export function workerOf(labels: ContainerLabels): string {
  return labels[keys.worker] ?? '';
}

/** The engine's filter for all containers of one installation. */
export function installFilter(installId: string): { readonly label: string[] } {
  return { label: [`${keys.install}=${installId}`] };
}
