/** What asks this process to stop: Ctrl-C, a TERM or HUP, and the end of the script that started it. */
export function stopSignals(onAgain: () => void): AbortSignal {
  const controller = new AbortController();
  const ask = (why: string) => () => {
    if (controller.signal.aborted) onAgain();
    else controller.abort(new Error(why));
  };
  process.on('SIGINT', ask('Ctrl-C'));
  process.on('SIGTERM', ask('SIGTERM'));
  process.on('SIGHUP', ask('SIGHUP'));
  process.on('disconnect', ask('the starting script ended'));
  return controller.signal;
}

/** Resolves when `signal` aborts. */
export function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
