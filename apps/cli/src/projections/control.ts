import type { Command } from 'commander';
import { describeCommand } from '../describe-command.js';
import type { Perform } from '../perform.js';
import type { Session } from '../session/open-session.js';
import type { Shown } from '../shown.js';
import { namedBy, nameProjections } from './name-projections.js';

interface Options {
  readonly all?: boolean;
}

type Names = readonly string[] | undefined;

/** What is done at once. */
export function addControlCommands(projections: Command, perform: Perform): void {
  nameProjections(
    describeCommand(projections, {
      usage: 'pause',
      help: 'Let projections stand still: readers see them as they are now, and older and older.',
      examples: [['stemma projections pause versions', 'status says who paused it']],
    }),
  ).action(perform(pause));
  nameProjections(
    describeCommand(projections, {
      usage: 'resume',
      help: 'Let projections go on, from where they stand.',
      examples: [['stemma projections resume --all', 'they catch up by themselves']],
    }),
  ).action(perform(resume));
  nameProjections(
    describeCommand(projections, {
      usage: 'abort',
      help: 'End the jobs that wait or run. What they half made is removed; what is read stays as it is.',
      examples: [['stemma projections abort --all', 'whoever asked for them']],
    }),
  ).action(perform(abort));
}

async function pause({ api }: Session, names: Names, { all }: Options): Promise<Shown> {
  const data = await api.call('pauseProjections', { body: { projections: namedBy(names, all) } });
  const text = `Paused: ${data.projections.join(', ')}.\nNext: stemma projections resume ${data.projections.join(' ')}`;
  return { data, text: () => text };
}

async function resume({ api }: Session, names: Names, { all }: Options): Promise<Shown> {
  const data = await api.call('resumeProjections', { body: { projections: namedBy(names, all) } });
  return { data, text: () => `They go on: ${data.projections.join(', ')}.` };
}

async function abort({ api }: Session, names: Names, { all }: Options): Promise<Shown> {
  const data = await api.call('abortJobs', { body: { projections: namedBy(names, all) } });
  const said = data.aborted === 0 ? 'No job waits or runs.' : `${data.aborted} aborted.`;
  return { data, text: () => said };
}
