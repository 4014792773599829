import type { Screen } from '../screen.js';
import type { Local } from '../start-local.js';
import { exampleNames, readExample } from './example.js';
import type { Example } from './example.js';
import { doorOf, openPeople } from './people.js';
import type { People } from './people.js';
import { reasonOf } from './reason-of.js';
import { runExample } from './run-example.js';
import type { RunReport } from './run-example.js';
import { tellStory } from './tell-story.js';
import type { Story } from './tell-story.js';

/** What a start did, for machines: printed by `--json`. */
export interface Summary {
  readonly ok: boolean;
  readonly seconds: number;
  readonly urls: { readonly api: string; readonly docs: string; readonly health: string };
  readonly scripts: readonly Story[];
  /** `waiting` where there is no Redis or no container engine: nothing was asked for. */
  readonly runs: readonly RunReport[] | 'waiting';
}

const allOk = (parts: readonly { readonly ok: boolean }[]): boolean => parts.every(({ ok }) => ok);

/** Leads the examples through their life over HTTP and runs them. Never throws: what failed is in the summary. */
export async function runMainJob(local: Local, screen: Screen, signal: AbortSignal): Promise<Summary> {
  const since = performance.now();
  const { apiUrl, credentialsDir } = local;
  const people = openPeople(apiUrl, credentialsDir);
  const run = (example: Example, number: number): Promise<RunReport> => {
    const door = doorOf('author', apiUrl, credentialsDir);
    return runExample({ client: people.author, door, screen, signal }, example, number);
  };
  const scripts: Story[] = [];
  const runs: RunReport[] = [];
  for (const name of exampleNames) {
    const example = readExample(name);
    const story = await tell(people, example, screen, signal);
    scripts.push(story);
    if (local.runsScripts && isToBeRun(story)) runs.push(await run(example, story.activeNumber));
  }
  if (!local.runsScripts) tellWaiting(screen);
  return {
    ok: allOk(scripts) && allOk(runs),
    seconds: Math.round((performance.now() - since) / 100) / 10,
    urls: { api: `${apiUrl}/v1`, docs: `${apiUrl}/docs`, health: `${apiUrl}/health/ready` },
    scripts,
    runs: local.runsScripts ? runs : 'waiting',
  };
}

const tell = (people: People, example: Example, screen: Screen, signal: AbortSignal): Promise<Story> =>
  tellStory(people, example, screen, signal).catch((error: unknown) => broken(example.slug, error, screen));

/** A script that somebody else made under the name of an example takes another input. */
const isToBeRun = (story: Story): story is Story & { readonly activeNumber: number } =>
  story.ok && story.outcome !== 'foreign' && story.activeNumber !== null;

function tellWaiting(screen: Screen): void {
  screen.say();
  screen.warn(
    'No script was run: runs wait for Redis and a container engine. What is missing is said above;',
  );
  screen.say('    as root, npm start installs it: apt-get install redis-server docker.io');
  screen.say('    with servers of your own: REDIS_URL=redis://… DOCKER_HOST=unix:///… npm start');
}

function broken(slug: string, error: unknown, screen: Screen): Story {
  const reason = reasonOf(error);
  screen.failed(`showing ${slug}`, reason);
  const failure = { step: `showing ${slug}`, reason };
  return {
    slug,
    ok: false,
    outcome: 'failed',
    steps: [],
    failure,
    activeNumber: null,
    versions: [],
    events: 0,
  };
}

const nextCommands = [
  'script list',
  'script history word-report',
  'runs list',
  'run clean-sales --input examples/clean-sales/input.json --file examples/clean-sales/sales.csv --follow',
  '--help',
];

/** Where everything is, and how to go on. */
export function showNext(screen: Screen, local: Local, summary: Summary): void {
  screen.heading('Where to go from here');
  for (const [what, url] of Object.entries(summary.urls)) screen.say(`    ${what.padEnd(8)} ${url}`);
  screen.say(`    ${'keys'.padEnd(8)} ${local.credentialsDir}/{author,reviewer,admin}`);
  screen.say(`    ${'logs'.padEnd(8)} ${local.logsDir}`);
  screen.say();
  for (const command of nextCommands) {
    screen.say(`    npm run -s stemma -- ${command}`);
  }
}
