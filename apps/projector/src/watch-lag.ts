import { type BuildStatus, STILL_MS, type Subscription } from '@stemma/read-model';

/** Notices builds whose lag stands still while events arrive. `look` is called every now and then. */
export interface LagWatch {
  readonly look: (builds: readonly BuildStatus[], subscription: Subscription, nowMs: number) => void;
  /** `<projection> <version> (build <n>)` of those that stand still. */
  readonly still: () => readonly string[];
}

interface Place {
  readonly position: bigint | null;
  readonly sinceMs: number;
}

export function openLagWatch(): LagWatch {
  const places = new Map<string, Place>();
  let still: readonly string[] = [];
  return {
    look: (builds, { head }, nowMs) => {
      const seen = builds.filter(({ build, activity }) => build !== null && activity !== 'paused');
      const names = new Set(seen.map(nameOf));
      for (const name of places.keys()) if (!names.has(name)) places.delete(name);
      for (const build of seen) {
        const { position } = build;
        const before = places.get(nameOf(build));
        const moves = before?.position !== position || position === null || position >= head;
        if (before === undefined || moves) places.set(nameOf(build), { position, sinceMs: nowMs });
      }
      still = [...places].filter(([, { sinceMs }]) => nowMs - sinceMs >= STILL_MS).map(([name]) => name);
    },
    still: () => still,
  };
}

const nameOf = ({ projection, version, build }: BuildStatus): string =>
  `${projection} ${version} (build ${build ?? 0})`;
