import { createInterface } from 'node:readline';
import { usageFailure } from '../failure.js';
import type { World } from '../world.js';
import type { Session } from './open-session.js';

/** Somebody at a terminal, who is asked one question after the other. */
export interface Person {
  /** The line without its ends; undefined when there is no more to be had from them. */
  readonly ask: (question: string) => Promise<string | undefined>;
  readonly say: (text: string) => void;
  readonly leave: () => void;
}

/** Whether there is somebody to ask: a terminal on both sides, and not a machine that wants JSON. */
export const isAnybodyThere = ({ world: { stdin, stdout }, globals }: Session): boolean =>
  stdin.isTTY === true && stdout.isTTY === true && globals.json !== true;

/** Call `leave` when done: until then the process stays for the next line. */
export function openPerson({ stdin, stdout, signal }: World): Person {
  const reader = createInterface({ input: stdin, terminal: false });
  // Taken as an iterator from the start: a line that comes before its question is not lost.
  const lines = reader[Symbol.asyncIterator]();
  const close = (): void => reader.close();
  signal.addEventListener('abort', close, { once: true });
  return {
    ask: async (question) => {
      stdout.write(question);
      const { done, value } = await lines.next();
      signal.throwIfAborted();
      return done === true ? undefined : value.trim();
    },
    say: (text) => void stdout.write(`${text}\n`),
    leave: () => {
      signal.removeEventListener('abort', close);
      reader.close();
    },
  };
}

/**
 * Asks before something that cannot be taken back, unless the command line said `--yes`.
 *
 * @throws Failure when nobody is there to ask, or they do not agree
 */
export async function confirm(session: Session, question: string, yes: boolean | undefined): Promise<void> {
  if (yes === true) return;
  if (!isAnybodyThere(session)) throw usageFailure(`${question} Say --yes: nobody is there to ask.`);
  const person = openPerson(session.world);
  const said = await person.ask(`${question} [y/N] `).finally(() => person.leave());
  if (!/^y(es)?$/i.test(said ?? '')) throw usageFailure('Nothing was done: you did not say yes.');
}
