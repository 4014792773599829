import type { Command } from 'commander';
import path from 'node:path';
import { describeCommand } from '../describe-command.js';
import { exitCodes } from '../exit-codes.js';
import { Failure } from '../failure.js';
import type { Perform } from '../perform.js';
import { readRunId } from '../read-arguments.js';
import type { Session } from '../session/open-session.js';
import { plain, toJson } from '../show/plain-text.js';
import { showSize } from '../show/show-time.js';
import type { Shown } from '../shown.js';
import { printBytes, saveBytes, type Source } from './save-bytes.js';

interface Options {
  readonly output?: string;
  readonly force?: boolean;
}

export function addBytesCommands(runs: Command, perform: Perform): void {
  const taking = (command: Command): Command =>
    command
      .option('-o, --output <file>', 'where to save it; - is standard output')
      .option('--force', 'overwrite the file');
  taking(
    describeCommand(runs, {
      usage: 'artifact',
      help: 'Save an artifact of a run. Its bytes are compared with the hash that the run recorded.',
      examples: [
        ['stemma runs artifact <run> summary.csv', 'saves it here, under its name'],
        ['stemma runs artifact <run> summary.csv -o - | head', 'to standard output'],
      ],
    })
      .argument('<run>', 'its id', readRunId)
      .argument('<name>', 'the name of the artifact, as `runs show` lists it'),
  ).action(perform(artifact));
  taking(
    describeCommand(runs, {
      usage: 'output',
      help: 'Print or save what the function of a run returned, as JSON.',
      examples: [['stemma runs output <run> | jq .total', 'a small one, or one too large for `runs show`']],
    }).argument('<run>', 'its id', readRunId),
  ).action(perform(output));
}

const missing = (detail: string): Failure =>
  new Failure(exitCodes.notFound, { code: 'file-not-found', title: 'There is no such file', detail });

/** The last part of a name that a script chose; it never leads out of where the person stands. */
function safeName(name: string): string {
  const last = path.posix.basename(name.replaceAll('\\', '/'));
  if (last !== '' && last !== '.' && last !== '..') return last;
  throw missing(`“${plain(name)}” is no name for a file here: say -o <file>.`);
}

async function take(
  session: Session,
  source: Source,
  name: string,
  { output: to, force }: Options,
): Promise<Shown> {
  const { sha256, size } = source;
  if (to === '-') {
    await printBytes(session, source);
    return { data: undefined, text: () => '' };
  }
  const file = await saveBytes(session, source, { file: to ?? safeName(name), force: force === true });
  return { data: { file, sha256, size }, text: () => `${plain(file)} is saved, ${showSize(size)}.` };
}

async function artifact(session: Session, runId: string, name: string, options: Options): Promise<Shown> {
  const { artifacts } = await session.api.call('showRun', { path: { runId } });
  const found = artifacts.find((one) => one.name === name);
  if (found === undefined) {
    const names = artifacts.map((one) => plain(one.name)).join(', ');
    throw missing(names === '' ? 'The run has no artifacts.' : `The run has these artifacts: ${names}.`);
  }
  const at = `/v1/runs/${encodeURIComponent(runId)}/artifacts/${encodeURIComponent(name)}`;
  return take(session, { ...found, path: at }, name, options);
}

async function output(session: Session, runId: string, options: Options): Promise<Shown> {
  const run = await session.api.call('showRun', { path: { runId } });
  if (run.output === null) throw missing(`The run is ${run.status} and has no output.`);
  if (run.output.kind === 'inline') {
    const { value } = run.output;
    return { data: value, text: () => toJson(value) };
  }
  const source = { ...run.output, path: `/v1/runs/${encodeURIComponent(runId)}/output` };
  return take(session, source, 'output.json', { output: '-', ...options });
}
