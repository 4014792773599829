import type { Call, Person } from './call-api.js';
import type { Example } from './example.js';

/** One step of a script's life: a command, and how it is told. */
export interface Step {
  readonly title: string;
  readonly as: Person;
  /** What people wrote with it. */
  readonly words?: string;
  readonly call: Call;
}

interface Command {
  readonly title: string;
  readonly as: Person;
  readonly path: string;
  readonly body?: unknown;
  readonly words?: string;
}

function review(number: number, note: string): Command[] {
  const version = `/versions/${number}`;
  return [
    { title: `version ${number} submitted for review`, as: 'author', path: `${version}/submit` },
    {
      title: `version ${number} approved`,
      as: 'reviewer',
      path: `${version}/approve`,
      body: { reviewNote: note },
      words: note,
    },
    { title: `version ${number} published`, as: 'reviewer', path: `${version}/publish` },
  ];
}

function draft(number: number, { versions }: Example): Command {
  const version = versions[number - 1];
  return {
    title: `draft ${number} saved`,
    as: 'author',
    path: '/versions',
    body: { baseNumber: number - 1, ...version },
    ...(version === undefined ? {} : { words: version.changeSummary }),
  };
}

const rolledBack = 'Version 2 comes back: version 3 gives wrong results';

/**
 * The whole life of an example, in order. Each step's idempotency key is made of the example's content and the step, so
 * that telling the story again does nothing again.
 */
export function stepsOf(example: Example): readonly Step[] {
  const script = `/v1/scripts/${example.slug}`;
  const commands: readonly Command[] = [
    draft(1, example),
    draft(2, example),
    ...review(2, example.reviewNote),
    draft(3, example),
    ...review(3, 'Reads well.'),
    {
      title: 'rolled back to version 2, as version 4',
      as: 'reviewer',
      path: '/rollback',
      body: { number: 2, baseNumber: 3, changeSummary: rolledBack },
      words: rolledBack,
    },
  ];
  const keyOf = (order: number): string => `example-${example.fingerprint}-${order}`;
  const create: Step = {
    title: 'script created',
    as: 'author',
    words: example.details.name,
    call: {
      as: 'author',
      method: 'POST',
      path: '/v1/scripts',
      body: { slug: example.slug, kind: 'code', details: example.details },
      idempotencyKey: keyOf(0),
    },
  };
  const rest = commands.map(({ path, body, ...told }, index): Step => {
    const idempotencyKey = keyOf(index + 1);
    return {
      ...told,
      call: { as: told.as, method: 'POST', path: script + path, body: body ?? {}, idempotencyKey },
    };
  });
  return [create, ...rest];
}
