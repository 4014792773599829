import type { CallOptions, Client, Reply } from '@stemma/client';
import type { Example } from './example.js';
import type { Person } from './people.js';

/** One step of a script's life: a command, and how it is told. */
export interface Step {
  readonly title: string;
  readonly as: Person;
  /** What people wrote with it. */
  readonly words?: string;
  /** The same key is the same command: taken twice it is done once. */
  readonly idempotencyKey: string;
  readonly take: (client: Client, options: CallOptions) => Promise<Reply<unknown>>;
}

type Telling = Omit<Step, 'idempotencyKey'>;

function create({ slug, details }: Example): Telling {
  const body = { slug, kind: 'code' as const, details };
  const take: Step['take'] = (client, options) => client.send('createScript', { body }, options);
  return { title: 'script created', as: 'author', words: details.name, take };
}

function draft(number: 1 | 2 | 3, { slug, versions }: Example): Telling {
  const version = versions[number - 1] ?? versions[0];
  const args = { path: { slug }, body: { baseNumber: number - 1, ...version } };
  const take: Step['take'] = (client, options) => client.send('saveDraft', args, options);
  return { title: `draft ${number} saved`, as: 'author', words: version.changeSummary, take };
}

function review(number: number, { slug }: Example, reviewNote: string): Telling[] {
  const path = { slug, number };
  return [
    {
      title: `version ${number} submitted for review`,
      as: 'author',
      take: (client, options) => client.send('submitForReview', { path }, options),
    },
    {
      title: `version ${number} approved`,
      as: 'reviewer',
      words: reviewNote,
      take: (client, options) => client.send('approveVersion', { path, body: { reviewNote } }, options),
    },
    {
      title: `version ${number} published`,
      as: 'reviewer',
      take: (client, options) => client.send('publishVersion', { path }, options),
    },
  ];
}

function rollBack({ slug }: Example): Telling {
  const changeSummary = 'Version 2 comes back: version 3 gives wrong results';
  const args = { path: { slug }, body: { number: 2, baseNumber: 3, changeSummary } };
  return {
    title: 'rolled back to version 2, as version 4',
    as: 'reviewer',
    words: changeSummary,
    take: (client, options) => client.send('rollBack', args, options),
  };
}

/**
 * The whole life of an example, in order. Each step's idempotency key is made of the example's content and the step, so
 * that telling the story again does nothing again.
 */
export function stepsOf(example: Example): readonly Step[] {
  const story: readonly Telling[] = [
    create(example),
    draft(1, example),
    draft(2, example),
    ...review(2, example, example.reviewNote),
    draft(3, example),
    ...review(3, example, 'Reads well.'),
    rollBack(example),
  ];
  return story.map((step, order) => ({ ...step, idempotencyKey: `example-${example.fingerprint}-${order}` }));
}
