import type { Screen } from '../screen.js';
import type { Local } from '../start-local.js';
import { exampleNames, readExample } from './example.js';
import { openPeople } from './people.js';
import { reasonOf, tellStory } from './tell-story.js';
import type { Story } from './tell-story.js';

/** What a start did, for machines: printed by `--json`. */
export interface Summary {
  readonly ok: boolean;
  readonly seconds: number;
  readonly urls: { readonly api: string; readonly docs: string; readonly health: string };
  readonly scripts: readonly Story[];
}

/** Leads the examples through their life over HTTP. Never throws: what failed is in the summary. */
export async function runMainJob(local: Local, screen: Screen, signal: AbortSignal): Promise<Summary> {
  const since = performance.now();
  const people = openPeople(local.apiUrl, local.credentialsDir);
  const scripts: Story[] = [];
  for (const name of exampleNames) {
    const example = readExample(name);
    scripts.push(
      await tellStory(people, example, screen, signal).catch((error: unknown) =>
        broken(example.slug, error, screen),
      ),
    );
  }
  const { apiUrl } = local;
  return {
    ok: scripts.every(({ ok }) => ok),
    seconds: Math.round((performance.now() - since) / 100) / 10,
    urls: { api: `${apiUrl}/v1`, docs: `${apiUrl}/docs`, health: `${apiUrl}/health/ready` },
    scripts,
  };
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

/** Where everything is, and how to go on. */
export function showNext(screen: Screen, local: Local, summary: Summary): void {
  screen.heading('Where to go from here');
  for (const [what, url] of Object.entries(summary.urls)) screen.say(`    ${what.padEnd(8)} ${url}`);
  screen.say(`    ${'keys'.padEnd(8)} ${local.credentialsDir}/{author,reviewer,admin}`);
  screen.say(`    ${'logs'.padEnd(8)} ${local.logsDir}`);
  screen.say();
  for (const command of ['script list', 'script show clean-sales', 'script history word-report', '--help']) {
    screen.say(`    npm run -s stemma -- ${command}`);
  }
}
