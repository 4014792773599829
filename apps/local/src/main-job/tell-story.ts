import type { Screen } from '../screen.js';
import { Refused } from './call-api.js';
import type { CallApi } from './call-api.js';
import type { Example } from './example.js';
import { showDifference, showHistory, showVersions } from './show-script.js';
import type { Difference, EventRow, VersionRow } from './show-script.js';
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
  readonly steps: readonly StepReport[];
  readonly failure: { readonly step: string; readonly reason: string } | null;
  readonly activeNumber: number | null;
  readonly versions: readonly { readonly number: number; readonly state: string }[];
  readonly events: number;
}

type Standing = Pick<Story, 'activeNumber' | 'versions' | 'events'>;

/** Everything of a list that comes in pages; `page` says the query of the next one. */
async function readAll<Row>(api: CallApi, path: string, page: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let query = '?limit=200'; ;) {
    const { body } = await api({ as: 'reviewer', method: 'GET', path: path + query });
    const { items, next } = body as { items: readonly Row[]; next: string | number | null };
    rows.push(...items);
    if (next === null) return rows;
    query = `?limit=200&${page}=${next}`;
  }
}

async function takeStep(api: CallApi, step: Step, screen: Screen): Promise<StepReport> {
  const since = performance.now();
  const { replayed } = await api(step.call);
  const ms = performance.now() - since;
  if (!replayed) {
    const words = step.words === undefined ? '' : screen.paint.dim(`“${step.words}”`);
    screen.done(step.title.padEnd(38), [step.as.padEnd(8), words].join('  ').trimEnd(), ms);
  }
  return { title: step.title, as: step.as, ms: Math.round(ms), replayed };
}

interface Taken {
  readonly steps: readonly StepReport[];
  readonly outcome: Story['outcome'];
  readonly failure: Story['failure'];
}

async function takeSteps(api: CallApi, example: Example, screen: Screen): Promise<Taken> {
  const steps: StepReport[] = [];
  for (const step of stepsOf(example)) {
    try {
      steps.push(await takeStep(api, step, screen));
    } catch (error) {
      if (steps.length === 0 && error instanceof Refused && error.code === 'script-exists') {
        return { steps, outcome: 'foreign', failure: null };
      }
      const reason = error instanceof Error ? error.message : String(error);
      screen.failed(step.title, reason);
      return { steps, outcome: 'failed', failure: { step: step.title, reason } };
    }
  }
  return { steps, outcome: steps.every(({ replayed }) => replayed) ? 'found' : 'told', failure: null };
}

async function showState(api: CallApi, example: Example, screen: Screen): Promise<Standing> {
  const script = `/v1/scripts/${example.slug}`;
  const versions = await readAll<VersionRow>(api, `${script}/versions`, 'below');
  const events = await readAll<EventRow>(api, `${script}/history`, 'after');
  screen.heading(`  Versions of ${example.slug}`);
  showVersions(screen, versions);
  if (versions.length >= 3) {
    const { body } = await api({ as: 'reviewer', method: 'GET', path: `${script}/diff?from=2&to=3` });
    screen.heading('  What version 3 changed in version 2');
    showDifference(screen, body as Difference);
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
export async function tellStory(api: CallApi, example: Example, screen: Screen): Promise<Story> {
  const { slug } = example;
  screen.heading(`${slug}: ${example.details.name} (${example.runtime})`);
  const taken = await takeSteps(api, example, screen);
  if (taken.outcome === 'found')
    screen.done(`found as an earlier start left it: ${taken.steps.length} steps, none done twice`);
  if (taken.outcome === 'foreign')
    screen.warn(`${slug} was made from other files than these: it is left as it is`);
  const none = { activeNumber: null, versions: [], events: 0 };
  const state = taken.outcome === 'failed' ? none : await showState(api, example, screen);
  return { slug, ok: taken.outcome !== 'failed', ...taken, ...state };
}
