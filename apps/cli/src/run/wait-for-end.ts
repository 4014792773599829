import { setTimeout as pause } from 'node:timers/promises';
import type { Run } from '../session/answers.js';
import { exitCodes } from '../exit-codes.js';
import type { Session } from '../session/open-session.js';
import { tellLine } from '../show/show-run.js';
import { followLog } from './follow-log.js';

const WITHIN_MS = 15_000;
const EVERY_MS = 100;

const exitCodeByStatus: Readonly<Record<Run['status'], number>> = {
  pending: exitCodes.ok,
  running: exitCodes.ok,
  completed: exitCodes.ok,
  failed: exitCodes.runFailed,
  timeout: exitCodes.runTimedOut,
  cancelled: exitCodes.runCancelled,
};

export const exitCodeOfRun = ({ status }: Run): number => exitCodeByStatus[status];

const hasEnded = ({ status }: Run): boolean => status !== 'pending' && status !== 'running';

/** The log ends before the read models know: they are asked until they do, for a few seconds. */
async function readEnded({ api, world }: Session, runId: string): Promise<Run> {
  const deadline = performance.now() + WITHIN_MS;
  for (;;) {
    const run = await api.call('showRun', { path: { runId } });
    if (hasEnded(run) || performance.now() > deadline) return run;
    await pause(EVERY_MS, undefined, { signal: world.signal });
  }
}

/** Says each line of the log as it comes, to people; answers with the run when it has ended. */
export async function waitForEnd(session: Session, runId: string): Promise<Run> {
  const { world, globals, view, apiOptions } = session;
  for await (const line of followLog(apiOptions, runId)) {
    if (globals.json !== true) world.stdout.write(`${tellLine(line, view)}\n`);
  }
  return readEnded(session, runId);
}
