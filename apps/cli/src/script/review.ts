import type { Command } from 'commander';
import { describeCommand } from '../describe-command.js';
import { exitCodes } from '../exit-codes.js';
import { Failure, usageFailure } from '../failure.js';
import type { Perform } from '../perform.js';
import { readBase, readNumber, readSlug } from '../read-arguments.js';
import type { Session } from '../session/open-session.js';
import type { Script } from '../session/answers.js';
import { paintState } from '../show/paint.js';
import type { Shown } from '../shown.js';
import { addBreakGlass, breakGlass } from './break-glass.js';
import { type Step, steps } from './review-steps.js';

interface RollbackOptions {
  readonly summary?: string;
  readonly base?: number;
}

const personFor: Readonly<Record<string, string>> = { approve: '--as reviewer ', publish: '--as reviewer ' };

function exampleOf({ move, note }: Step): string {
  const who = personFor[move] ?? (move === 'request-changes' ? '--as reviewer ' : '');
  return `stemma ${who}script ${move} tidy-marks${note === 'none' ? '' : ' --note "Mind empty rows"'}`;
}

export function addReviewCommands(script: Command, perform: Perform): void {
  for (const step of steps) addStep(script, perform, step);
  describeCommand(script, {
    usage: 'rollback',
    help: 'Make a new active version with the content of one that was active before.',
    examples: [['stemma script rollback tidy-marks 2 --summary "3 loses rows"', 'needs no new review']],
  })
    .argument('<slug>', 'the script', readSlug)
    .argument('<version>', 'the number of an archived version', readNumber)
    .option('--summary <text>', 'why, for the history')
    .option('--base <number>', 'the newest version you know (default: the newest there is)', readBase)
    .action(perform(rollBack));
}

function addStep(script: Command, perform: Perform, step: Step): void {
  const command = describeCommand(script, {
    usage: step.move,
    help: step.help,
    examples: [
      [exampleOf(step), `the version that ${step.usual === 'newest' ? 'is newest' : 'is in review'}`],
    ],
  })
    .argument('<slug>', 'the script', readSlug)
    .argument(
      '[version]',
      `its number (default: the one ${step.usual === 'newest' ? 'saved last' : 'in review'})`,
      readNumber,
    );
  if (step.move === 'publish') addBreakGlass(command);
  if (step.note === 'optional') command.option('--note <text>', 'your words, kept in the history');
  if (step.note === 'required') command.requiredOption('--note <text>', 'your words, kept in the history');
  command.action(
    perform((session, slug: string, version: number | undefined, { note, ...more }: StepOptions) =>
      more.breakGlass === undefined
        ? take(step, session, { slug, version, note })
        : breakGlass(session, { slug, version, reason: more.breakGlass, yes: more.yes }),
    ),
  );
}

interface StepOptions {
  readonly note?: string;
  readonly breakGlass?: string;
  readonly yes?: boolean;
}

interface Target {
  readonly slug: string;
  readonly version: number | undefined;
  readonly note: string | undefined;
}

function usualVersion({ usual }: Step, { slug, latestNumber, inReviewNumber }: Script): number {
  const number = usual === 'newest' ? latestNumber || null : inReviewNumber;
  if (number !== null) return number;
  const [code, detail, next] =
    usual === 'newest'
      ? ['version-not-found', `${slug} has no version yet.`, `stemma script push ${slug} <file>`]
      : ['version-not-in-review', `No version of ${slug} is in review.`, `stemma script submit ${slug}`];
  throw new Failure(exitCodes.conflict, { code, title: 'Nothing to do this to', detail }, [next]);
}

async function take(step: Step, { api }: Session, { slug, version, note }: Target): Promise<Shown> {
  const number = version ?? usualVersion(step, await api.call('showScript', { path: { slug } }));
  const data = await api.call(step.operation, {
    path: { slug, number },
    body: note === undefined ? {} : { reviewNote: note },
  });
  const already = data.changed ? '' : ' (it was so already)';
  const next =
    step.then === null ? '' : `\nNext: stemma ${personFor[step.then] ?? ''}script ${step.then} ${slug}`;
  const text: Shown['text'] = ({ paint }) =>
    `Version ${data.number} of ${slug} ${step.done}${already}; its state: ${paintState(data.state, paint)}.${next}`;
  return { data, text };
}

async function rollBack(
  { api, globals }: Session,
  slug: string,
  number: number,
  { base, summary }: RollbackOptions,
): Promise<Shown> {
  if (globals.idempotencyKey !== undefined && base === undefined) {
    throw usageFailure(
      'With --idempotency-key name the --base, too: its default may be another one the next time.',
    );
  }
  const baseNumber = base ?? (await api.call('showScript', { path: { slug } })).latestNumber;
  const data = await api.call('rollBack', {
    path: { slug },
    body: { number, baseNumber, changeSummary: summary ?? null },
  });
  const text: Shown['text'] = ({ paint }) =>
    data.changed
      ? `Version ${data.number} of ${slug}, with the content of ${number}, is ${paintState(data.state, paint)}.`
      : `Version ${data.number} of ${slug} is active already.`;
  return { data, text };
}
