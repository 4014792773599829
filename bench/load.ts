/**
 * Keeps `lanes` calls of `work` under way for `seconds`, each lane one after the other, and waits for the last.
 * Resolves to the calls that ended, per second. The first that fails fails the whole.
 */
export async function closedLoop(
  { lanes, seconds }: { readonly lanes: number; readonly seconds: number },
  work: (lane: number, round: number) => Promise<void>,
): Promise<number> {
  const started = performance.now();
  const end = started + seconds * 1_000;
  let done = 0;
  const run = async (lane: number): Promise<void> => {
    for (let round = 0; performance.now() < end; round += 1) {
      await work(lane, round);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_, lane) => run(lane)));
  return done / ((performance.now() - started) / 1_000);
}

/**
 * Begins `perSecond` calls of `work` a second for `seconds`, whether or not earlier ones have ended, so that a stall
 * shows in every call that it delays; then waits for all. The first that fails fails the whole.
 */
export async function openLoop(
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
  work: (index: number) => Promise<void>,
): Promise<void> {
  const total = Math.round(perSecond * seconds);
  const calls: Promise<void>[] = [];
  const failures: unknown[] = [];
  const started = performance.now();
  const due = (): number =>
    Math.min(total, Math.floor(((performance.now() - started) * perSecond) / 1_000) + 1);
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      while (calls.length < due())
        calls.push(work(calls.length).catch((error: unknown) => void failures.push(error)));
      if (calls.length < total && failures.length === 0) return;
      clearInterval(timer);
      resolve();
    }, 1);
  });
  await Promise.all(calls);
  if (failures.length > 0) throw failures[0];
}
