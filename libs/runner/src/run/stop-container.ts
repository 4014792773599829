import type { SandboxContainer } from '../engine/sandbox-container.js';
import type { Breach } from '../protocol/breach.js';
import type { RunCauses } from './run-causes.js';

/** How long a script has between SIGTERM and SIGKILL. */
export const graceMs = 700;
/** How long a container may last after its script has told its result. */
const afterResultMs = 1_000;

/** Ends a container, and remembers why. */
export interface Stopper {
  cancel(): void;
  timeOut(): void;
  breach(breach: Breach): void;
  /** The machinery failed: the run ends as this error. The first one counts. */
  fault(error: unknown): void;
  /** The script has told its result: it may end by itself for a moment. */
  expectEnd(): void;
  causes(): RunCauses & { readonly faults: readonly unknown[]; readonly killedAfterResult: boolean };
  /** No signal is sent after this. */
  settle(): void;
}

export function createStopper(container: SandboxContainer): Stopper {
  const faults: unknown[] = [];
  let causes: RunCauses = { cancelled: false, timedOut: false, breach: null };
  let killedAfterResult = false;
  let dying: NodeJS.Timeout | undefined;

  const send = (signal: 'SIGTERM' | 'SIGKILL'): void => {
    container.signal(signal).catch((error: unknown) => {
      faults.push(error);
      container.channel.close();
    });
  };
  const killIn = (milliseconds: number): void => {
    clearTimeout(dying);
    dying = setTimeout(() => send('SIGKILL'), milliseconds);
  };
  function end(changed: Partial<RunCauses>, wait: number): void {
    causes = { ...causes, ...changed };
    if (wait > 0) send('SIGTERM');
    killIn(wait);
  }

  return {
    cancel: () => end({ cancelled: true }, graceMs),
    timeOut: () => end({ timedOut: true }, graceMs),
    breach: (breach) => end({ breach: causes.breach ?? breach }, 0),
    fault: (error) => {
      faults.push(error);
      killIn(0);
    },
    expectEnd: () => {
      clearTimeout(dying);
      dying = setTimeout(() => {
        killedAfterResult = true;
        send('SIGKILL');
      }, afterResultMs);
    },
    causes: () => ({ ...causes, faults, killedAfterResult }),
    settle: () => clearTimeout(dying),
  };
}
