/** Things to do after a while, in this process. What is far away is not kept: somebody else looks after it. */
export interface Alarms {
  readonly after: (ms: number, then: () => void) => void;
  readonly close: () => void;
}

export function openAlarms(farMs: number): Alarms {
  const timers = new Set<NodeJS.Timeout>();
  return {
    after: (ms, then) => {
      if (ms > farMs) return;
      const timer = setTimeout(() => {
        timers.delete(timer);
        then();
      }, ms);
      timers.add(timer);
    },
    close: () => timers.forEach((timer) => clearTimeout(timer)),
  };
}
