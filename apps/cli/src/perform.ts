import type { Command } from 'commander';
import { exitCodes } from './exit-codes.js';
import { Failure, usageFailure } from './failure.js';
import { globalOptionsOf } from './global-options.js';
import { openSession, type Session } from './session/open-session.js';
import { showHead } from './session/show-head.js';
import { type Subject, suggestNext } from './session/suggest-next.js';
import { toJson } from './show/plain-text.js';
import type { Shown } from './shown.js';
import type { World } from './world.js';

type Act<Args extends readonly unknown[]> = (session: Session, ...args: Args) => Promise<Shown>;

/** Makes a commander action of a function that answers with what there is to show. */
export type Perform = <Args extends readonly unknown[]>(
  act: Act<Args>,
) => (...given: readonly [...Args, Command]) => Promise<void>;

const print = ({ data, text, verbatim }: Shown, { world, globals, view }: Session): void => {
  if (data === undefined) return;
  const said = globals.json === true ? toJson(data) : text(view);
  world.stdout.write(verbatim === true && globals.json !== true ? said : `${said}\n`);
};

function subjectOf({ registeredArguments, processedArgs }: Command): Subject {
  const found = Object.fromEntries(
    registeredArguments.map((argument, at) => [argument.name(), processedArgs[at] as unknown]),
  );
  const { slug, version } = found;
  return {
    ...(typeof slug === 'string' && { slug }),
    ...(typeof version === 'number' && { number: version }),
  };
}

/** The same failure with the commands that lead on; a conflict also says how things stand now. */
async function withAdvice(failure: Failure, session: Session, subject: Subject): Promise<Failure> {
  const { exitCode, problem } = failure;
  const next = failure.next.length > 0 ? failure.next : suggestNext(problem.code, subject, problem);
  const conflict = exitCode === exitCodes.conflict && session.globals.json !== true;
  const now = conflict && subject.slug !== undefined ? await showHead(session, subject.slug) : undefined;
  return new Failure(exitCode, problem, next, now);
}

/** A key names one request: what would be looked up anew for a second try would make another one of it. */
function requireWhole({ registeredArguments, processedArgs }: Command, session: Session): void {
  const absent = registeredArguments.findIndex(
    (argument, at) => argument.name() === 'version' && processedArgs[at] === undefined,
  );
  if (absent === -1 || session.globals.idempotencyKey === undefined) return;
  throw usageFailure(
    'With --idempotency-key name the version, too: its default may be another one the next time.',
  );
}

/** Commands, and groups of them, for operators: an author could not use them. */
const forOperators = ['projections', 'principals', 'tenants', 'pool', 'secrets', 'blobs', 'doctor'];

function usualCredentialOf(command: Command): string {
  if (forOperators.includes(command.name())) return 'admin';
  return command.parent === null ? 'author' : usualCredentialOf(command.parent);
}

export const performing =
  (world: World, ended: (exitCode: number) => void): Perform =>
  (act) =>
  async (...given) => {
    const command = given.at(-1) as Command;
    const session = openSession(world, globalOptionsOf(command), usualCredentialOf(command));
    requireWhole(command, session);
    try {
      const shown = await act(session, ...(given.slice(0, -1) as never));
      print(shown, session);
      await shown.goOn?.();
      ended(shown.exitCode ?? exitCodes.ok);
    } catch (error) {
      throw error instanceof Failure ? await withAdvice(error, session, subjectOf(command)) : error;
    }
  };
