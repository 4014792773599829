import { ProblemError } from '@stemma/client';
import type { Client } from '@stemma/client';
import type { Screen } from '../screen.js';
import type { Example } from './example.js';
import type { People } from './people.js';
import { reasonOf } from './reason-of.js';
import { showDifference, showHistory, showVersions } from './show-script.js';
import type { EventRow, VersionRow } from './show-script.js';
import { stepsOf } from './steps.js';
import type { Step } from './steps.js';

export interface StepReport {
  readonly title: string;
  readonly as: string;
  readonly ms: number;
  /** It had been done by an earlier start. */
  readonly replayed: boolean;
}

/** What came of one example. */
export interface Story {
  readonly slug: string;
  readonly ok: boolean;
  /** `told` now, `found` as an earlier start left it, `foreign` when somebody made that script otherwise, `failed`. */
  readonly outcome: 'told' | 'found' | 'foreign' | 'failed';
  readonly failure: { readonly step: string; readonly reason: string } | null;
  readonly steps: readonly StepReport[];
  readonly activeNumber: number | null;
  readonly versions: readonly { readonly number: number; readonly state: string }[];
  readonly events: number;
}

type Taken = Pick<Story, 'steps' | 'outcome' | 'failure'>;
type Standing = Pick<Story, 'activeNumber' | 'versions' | 'events'>;

async function takeStep(
  people: People,
  step: Step,
  screen: Screen,
  signal: AbortSignal,
): Promise<StepReport> {
  const since = performance.now();
  const { replayed } = await step.take(people[step.as], { idempotencyKey: step.idempotencyKey, signal });
  const ms = performance.now() - since;
  if (!replayed) {
    const words = step.words === undefined ? '' : screen.paint.dim(`“${step.words}”`);
    screen.done(step.title.padEnd(38), [step.as.padEnd(8), words].join('  ').trimEnd(), ms);
  }
  return { title: step.title, as: step.as, ms: Math.round(ms), replayed };
}

const isForeign = (error: unknown, steps: readonly StepReport[]): boolean =>
  steps.length === 0 && error instanceof ProblemError && error.code === 'script-exists';

async function takeSteps(
  people: People,
  example: Example,
  screen: Screen,
  signal: AbortSignal,
): Promise<Taken> {
  const steps: StepReport[] = [];
  for (const step of stepsOf(example)) {
    try {
      steps.push(await takeStep(people, step, screen, signal));
    } catch (error) {
      if (isForeign(error, steps)) return { steps, outcome: 'foreign', failure: null };
      const failure = { step: step.title, reason: reasonOf(error) };
      screen.failed(failure.step, failure.reason);
      return { steps, outcome: 'failed', failure };
    }
  }
  return { steps, outcome: steps.every(({ replayed }) => replayed) ? 'found' : 'told', failure: null };
}

async function allVersions(client: Client, slug: string): Promise<readonly VersionRow[]> {
  const rows: VersionRow[] = [];
  for (let below: number | undefined; ;) {
    const query = { limit: 200, ...(below === undefined ? {} : { below }) };
    const { items, next } = await client.call('listVersions', { path: { slug }, query });
    rows.push(...items);
    if (next === null) return rows;
    below = next;
  }
}

async function allEvents(client: Client, slug: string): Promise<readonly EventRow[]> {
  const rows: EventRow[] = [];
  for (let after: string | undefined; ;) {
    const query = { limit: 200, ...(after === undefined ? {} : { after }) };
    const { items, next } = await client.call('showHistory', { path: { slug }, query });
    rows.push(...items);
    if (next === null) return rows;
    after = next;
  }
}

async function showStanding(client: Client, slug: string, screen: Screen): Promise<Standing> {
  const versions = await allVersions(client, slug);
  const events = await allEvents(client, slug);
  screen.heading(`  Versions of ${slug}`);
  showVersions(screen, versions);
  if (versions.length >= 3) {
    const { source } = await client.call('diffVersions', { path: { slug }, query: { from: 2, to: 3 } });
    screen.heading('  What version 3 changed in version 2');
    showDifference(screen, source);
  }
  screen.heading('  Everything that happened');
  showHistory(screen, events);
  return {
    activeNumber: versions.find(({ state }) => state === 'active')?.number ?? null,
    versions: versions.map(({ number, state }) => ({ number, state })),
    events: events.length,
  };
}

/** Leads one example through its life, or finds that an earlier start did; then shows where it stands. */
export async function tellStory(
  people: People,
  example: Example,
  screen: Screen,
  signal: AbortSignal,
): Promise<Story> {
  const { slug } = example;
  screen.heading(`${slug}: ${example.details.name} (${example.runtime})`);
  const taken = await takeSteps(people, example, screen, signal);
  if (taken.outcome === 'found') {
    screen.done(`found as an earlier start left it: ${taken.steps.length} steps, none done twice`);
  }
  if (taken.outcome === 'foreign') {
    screen.warn(`${slug} was made from other files than these: it is left as it is`);
  }
  const nothing: Standing = { activeNumber: null, versions: [], events: 0 };
  const standing = taken.outcome === 'failed' ? nothing : await showStanding(people.reviewer, slug, screen);
  return { slug, ok: taken.outcome !== 'failed', ...taken, ...standing };
}
