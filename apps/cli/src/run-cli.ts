import { type Command, CommanderError } from 'commander';
import { exitCodes } from './exit-codes.js';
import { Failure, reasonOf, usageFailure } from './failure.js';
import { performing } from './perform.js';
import { createProgram } from './program.js';
import { showFailure } from './show/show-failure.js';
import { toJson } from './show/plain-text.js';
import { createPaint, wantsColour } from './show/paint.js';
import type { World } from './world.js';

const HELP_WIDTH = 100;

const asked = (argv: readonly string[], flag: string): boolean =>
  argv.slice(0, argv.includes('--') ? argv.indexOf('--') : undefined).includes(flag);

const bug = (error: unknown): Failure =>
  new Failure(exitCodes.bug, {
    code: 'bug',
    title: 'A bug of the command line',
    detail: `${reasonOf(error)}. This should not happen: please report it with the command and the lines below.`,
    ...(error instanceof Error && { stack: error.stack }),
  });

/** Asked for help, Commander takes the exit code that the process has by then, whatever it comes from. */
const isHelpAskedFor = ({ code }: CommanderError, argv: readonly string[]): boolean =>
  code === 'commander.help' && argv.includes('help');

/** The command that was meant, as far as it was named: `stemma script push`. */
function meant(program: Command, argv: readonly string[]): string {
  const found = argv.reduce<Command>(
    (command, word) => command.commands.find((one) => one.name() === word) ?? command,
    program,
  );
  const names: string[] = [];
  for (let at: Command | null = found; at !== null; at = at.parent) names.unshift(at.name());
  return names.join(' ');
}

function failureOf(error: unknown, argv: readonly string[], program: Command): Failure | undefined {
  if (error instanceof Failure) return error;
  if (!(error instanceof CommanderError)) return bug(error);
  if (error.exitCode === 0 || isHelpAskedFor(error, argv)) return undefined;
  const said = error.code === 'commander.help' ? 'Name a command; the list is above.' : error.message;
  const sentence = said
    .replace(/^error: /, '')
    .replaceAll('\n', ' ')
    .replace(/\.$/, '');
  return usageFailure(`${sentence}.`, [`${meant(program, argv)} --help`]);
}

/** Runs one command line and answers with its exit code. Everything it touches is in `world`. */
export async function runCli(argv: readonly string[], world: World): Promise<number> {
  const json = asked(argv, '--json');
  let exitCode: number = exitCodes.ok;
  const perform = performing(world, (code) => (exitCode = code));
  const program = createProgram(perform, {
    out: (text) => world.stdout.write(text),
    err: (text) => json || world.stderr.write(text),
    columns: Math.min(world.stdout.columns ?? HELP_WIDTH, HELP_WIDTH),
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (world.signal.aborted) return exitCodes.interrupted;
    const failure = failureOf(error, argv, program);
    if (failure === undefined) return exitCodes.ok;
    const colour = asked(argv, '--no-color') ? false : undefined;
    const paint = createPaint(wantsColour(colour, world.env, world.stderr));
    world.stderr.write(`${json ? toJson(failure.problem) : showFailure(failure, paint)}\n`);
    return failure.exitCode;
  }
}
