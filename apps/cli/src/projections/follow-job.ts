import { setTimeout as pause } from 'node:timers/promises';
import { exitCodes } from '../exit-codes.js';
import { Failure } from '../failure.js';
import type { Job } from '../session/answers.js';
import type { Session } from '../session/open-session.js';
import { showJob, showOutcomes, tellProgress } from '../show/show-jobs.js';
import type { Shown } from '../shown.js';

export interface Followed {
  readonly detach?: boolean;
}

const EVERY_MS = 400;

/**
 * Stays until the job has ended, and says how far it is.
 *
 * @throws Failure when it was refused or aborted
 */
export async function followJob(session: Session, asked: Job, { detach }: Followed): Promise<Shown> {
  if (detach === true) {
    return {
      data: asked,
      text: () => `Asked for as job ${asked.id}.\nNext: stemma projections jobs ${asked.id}`,
    };
  }
  const job = await readEnded(session, asked).catch((error: unknown) => {
    if (session.globals.json !== true) session.world.stderr.write(goesOn(asked));
    throw error;
  });
  const differs = differ(job);
  if (job.state === 'refused') {
    if (differs && session.globals.json !== true)
      session.world.stderr.write(`${showOutcomes(job, session.view)}\n\n`);
    throw refused(job, differs ? exitCodes.rowsDiffer : exitCodes.conflict, session);
  }
  if (job.state === 'aborted') throw refused(job, exitCodes.jobAborted, session);
  return {
    data: job,
    text: (view) => showJob(job, view),
    exitCode: differs && job.kind === 'verify' ? exitCodes.rowsDiffer : exitCodes.ok,
  };
}

/** Whoever stops looking, by Ctrl-C or because the API went away, ends nothing. */
const goesOn = ({ id, kind, projections }: Job): string =>
  `\nThe ${kind} goes on: stemma projections jobs ${id}\nTo end it: stemma projections abort ${projections.join(' ')}\n`;

const differ = ({ result }: Job): boolean => (result?.builds ?? []).some(({ equal }) => equal === false);

async function readEnded(session: Session, asked: Job): Promise<Job> {
  const { api, world } = session;
  const progress = openProgressLine(session);
  for (let job = asked; ;) {
    if (job.endedAt !== null) {
      progress.end();
      return job;
    }
    progress.say(tellProgress(job));
    await pause(EVERY_MS, undefined, { signal: world.signal });
    job = await api.call('showJob', { path: { jobId: asked.id } });
  }
}

/** One line on stderr: rewritten on a terminal, else written again when what is being done changes. */
function openProgressLine({ world: { stderr }, globals }: Session) {
  const shown = globals.json !== true;
  const terminal = stderr.isTTY === true;
  let last = '';
  return {
    say: ({ step, line }: { readonly step: string; readonly line: string }): void => {
      if (!shown || (!terminal && step === last)) return;
      last = step;
      stderr.write(terminal ? `\r\u001B[K${line}` : `${line}\n`);
    },
    end: (): void => void (shown && terminal && stderr.write('\r\u001B[K')),
  };
}

function refused(job: Job, exitCode: number, { globals }: Session): Failure {
  const { kind, projections, state, result } = job;
  const names = projections.join(' ');
  const reason = result?.reason ?? `The job is ${state}.`;
  const detail = globals.json === true ? reason : withoutRows(job, reason);
  const next =
    exitCode === exitCodes.rowsDiffer
      ? [`stemma projections swap ${names} --accept-differences`, `stemma projections drop ${names}`]
      : ['stemma projections status', 'stemma projections jobs'];
  const title = state === 'aborted' ? `The ${kind} was aborted` : `The ${kind} is refused`;
  return new Failure(exitCode, { code: `job-${state}`, title, detail, job }, next);
}

/** For people, who have the rows before them already. */
function withoutRows({ result }: Job, reason: string): string {
  const differing = (result?.builds ?? []).filter(({ equal }) => equal === false);
  if (differing.length === 0) return reason;
  const others = reason
    .split('\n')
    .filter((line) => !differing.some(({ projection }) => line.startsWith(`${projection}:`)));
  const told = differing.map(
    ({ projection, build, against }) =>
      `${projection} is read as it was, build ${against}; build ${build} stays beside it. Swap to it if it is the right one, else drop it.`,
  );
  return [...told, ...others].join('\n');
}
