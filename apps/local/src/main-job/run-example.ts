import type { AnswerOf, Client } from '@stemma/client';
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Screen } from '../screen.js';
import type { Example } from './example.js';
import { reasonOf } from './reason-of.js';
import { showArtifact, showRun } from './show-run.js';
import { type Door, uploadFile } from './upload-file.js';

export type Run = AnswerOf<'showRun'>;

/** What came of running the active version of one example; `runId` and what follows are null when none was made. */
export interface RunReport {
  readonly slug: string;
  readonly ok: boolean;
  readonly failure: { readonly step: string; readonly reason: string } | null;
  readonly number: number;
  readonly runId: string | null;
  readonly status: Run['status'] | null;
  /** It had been made by an earlier start. */
  readonly replayed: boolean;
  /** In the container. */
  readonly runMs: number | null;
  /** What the function returned; a large one is named by hash and size. */
  readonly output: unknown;
  readonly artifacts: readonly { readonly name: string; readonly size: number }[];
}

/** Whose runs, where, and until when. */
export interface Runs {
  readonly client: Client;
  readonly door: Door;
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

/** Longer than the image may take to be made and the script to end. */
const WITHIN_MS = 300_000;
const EVERY_MS = 100;

const hasEnded = ({ status }: Run): boolean => status !== 'pending' && status !== 'running';

async function whenEnded({ client, signal }: Runs, runId: string): Promise<Run> {
  const deadline = performance.now() + WITHIN_MS;
  for (;;) {
    const run = await client.call('showRun', { path: { runId } }, { signal });
    if (hasEnded(run)) return run;
    if (performance.now() > deadline) {
      throw new Error(`Run ${runId} is still ${run.status} after five minutes; worker.log says why.`);
    }
    await pause(EVERY_MS, undefined, { signal });
  }
}

type Request = Pick<Example['run'], 'input'> & { readonly files: Awaited<ReturnType<typeof uploadFile>>[] };

/** Of all that makes it the same run: the version, what it is called with, and which try it is. */
function keyOf(example: Example, number: number, request: Request, turn: number): string {
  const named = JSON.stringify([example.fingerprint, number, request, turn]);
  return `example-run-${createHash('sha256').update(named).digest('hex').slice(0, 32)}`;
}

interface Ended {
  readonly run: Run;
  readonly replayed: boolean;
}

/** The run that an earlier start made when it completed, else a new one: a failed one is not shown for ever. */
async function runOnce(runs: Runs, example: Example, number: number): Promise<Ended> {
  const { client, door, signal } = runs;
  const files = await Promise.all(example.run.files.map((file) => uploadFile(door, file, signal)));
  const request = { input: example.run.input, files };
  for (let turn = 1; ; turn += 1) {
    const { body, replayed } = await client.send(
      'requestRun',
      { path: { slug: example.slug }, body: { context: 'production', ...request } },
      { idempotencyKey: keyOf(example, number, request, turn), signal },
    );
    const run = await whenEnded(runs, body.runId);
    if (!replayed || run.status === 'completed') return { run, replayed };
  }
}

const outputOf = ({ output }: Run): unknown => (output?.kind === 'inline' ? output.value : output);

function failureOf({ status, reason, error }: Run): string | null {
  if (status === 'completed') return null;
  const said = error === null ? '' : `: ${error.name}: ${error.message}`;
  return `it ended as ${status} (${reason ?? 'for no known reason'})${said}`;
}

async function show({ client, screen, signal }: Runs, { run, replayed }: Ended): Promise<void> {
  const path = { runId: run.runId };
  const { lines } = await client.call('readLog', { path }, { signal });
  showRun(screen, { run, replayed, lines, output: outputOf(run) });
  const readable = run.artifacts.find(({ name }) => /\.(md|txt)$/.test(name));
  if (readable === undefined) return;
  const { name } = readable;
  showArtifact(screen, name, await client.text('readArtifact', { path: { ...path, name } }, { signal }));
}

/** Runs the active version on its real input in a container, once, and shows what came of it. Never throws. */
export async function runExample(runs: Runs, example: Example, number: number): Promise<RunReport> {
  const { slug } = example;
  const step = `run of ${slug}, version ${number}`;
  try {
    const ended = await runOnce(runs, example, number);
    const { runId, status, runMs, artifacts } = ended.run;
    const reason = failureOf(ended.run);
    const failure = reason === null ? null : { step, reason };
    if (failure !== null) runs.screen.failed(failure.step, failure.reason);
    await show(runs, ended);
    return {
      slug,
      ok: failure === null,
      failure,
      number: ended.run.number,
      runId,
      status,
      replayed: ended.replayed,
      runMs,
      output: outputOf(ended.run),
      artifacts: artifacts.map(({ name, size }) => ({ name, size })),
    };
  } catch (error) {
    const failure = { step, reason: reasonOf(error) };
    runs.screen.failed(failure.step, failure.reason);
    const nothing = { runId: null, status: null, replayed: false, runMs: null, output: null, artifacts: [] };
    return { slug, ok: false, failure, number, ...nothing };
  }
}
