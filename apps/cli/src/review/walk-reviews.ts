import { Failure } from '../failure.js';
import type { Review } from '../session/answers.js';
import { openPerson, type Person } from '../session/ask-person.js';
import type { Session } from '../session/open-session.js';
import { showFailure } from '../show/show-failure.js';
import { showReview } from '../show/show-review.js';
import { decide, type Decision, tellChange, tellDecision } from './decide.js';

type Choice = Decision | 'skip' | 'quit';

/** What was done in one sitting. */
export interface Sitting {
  readonly decided: number;
  readonly skipped: number;
  readonly failed: number;
}

const choicesFor = ({ stage }: Review): ReadonlyMap<string, Choice> =>
  new Map<string, Choice>([
    stage === 'approval' ? ['a', 'approve'] : ['p', 'publish'],
    ['r', 'request-changes'],
    ['s', 'skip'],
    ['q', 'quit'],
  ]);

const wordOf = (key: string, choice: Choice): string => `[${key}]${choice.replaceAll('-', ' ').slice(1)}`;

/** Shows one review after the other and asks what is to become of it. */
export async function walkReviews(session: Session, reviews: readonly Review[]): Promise<Sitting> {
  const person = openPerson(session.world);
  const sitting = { decided: 0, skipped: 0, failed: 0 };
  try {
    for (const [at, review] of reviews.entries()) {
      person.say(`\n${session.view.paint.dim(`${at + 1} of ${reviews.length}`)}`);
      const end = await present(session, person, review);
      if (end === 'quit') break;
      sitting[end] += 1;
    }
  } finally {
    person.leave();
  }
  return sitting;
}

async function present(session: Session, person: Person, review: Review): Promise<keyof Sitting | 'quit'> {
  try {
    person.say(`${showReview(review, session.view)}\n\n${await tellChange(session, review)}\n`);
    const choice = await choose(person, choicesFor(review));
    if (choice === 'quit') return 'quit';
    if (choice === 'skip') return 'skipped';
    const note = await wordsFor(person, choice);
    if (note === null) return 'skipped';
    person.say(tellDecision(choice, await decide(session, review, choice, note)));
    return 'decided';
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    person.say(showFailure(error, session.view.paint));
    return 'failed';
  }
}

async function choose(person: Person, choices: ReadonlyMap<string, Choice>): Promise<Choice> {
  const words = [...choices].map(([key, choice]) => wordOf(key, choice)).join(', ');
  for (;;) {
    const said = await person.ask(`${words}? `);
    if (said === undefined) return 'quit';
    const choice = choices.get(said.toLowerCase()) ?? [...choices.values()].find((one) => one === said);
    if (choice) return choice;
  }
}

/** The words that go with a decision; null: there are none where some are needed, so it is not taken. */
async function wordsFor(person: Person, decision: Decision): Promise<string | undefined | null> {
  if (decision === 'publish') return undefined;
  const needed = decision === 'request-changes';
  const hint = needed ? 'What should change? (nothing: skip) ' : 'A note for the history? (nothing: none) ';
  const said = await person.ask(hint);
  if (said === undefined || said === '') return needed || said === undefined ? null : undefined;
  return said;
}
