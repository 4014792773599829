/** The open subscriptions and how far behind each is. */
export interface Subscribers {
  /** `lag` answers in bytes of log; returns the way out. */
  readonly add: (lag: () => number) => () => void;
  readonly count: () => number;
  readonly worstLag: () => number;
}

export function createSubscribers(): Subscribers {
  const lags = new Set<() => number>();
  return {
    add(lag) {
      lags.add(lag);
      return () => lags.delete(lag);
    },
    count: () => lags.size,
    worstLag: () => [...lags].reduce((worst, lag) => Math.max(worst, lag()), 0),
  };
}
