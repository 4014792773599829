/** What a failed command was about: enough to name the commands that lead on. */
export interface Subject {
  readonly slug?: string;
  readonly number?: number;
}

type Facts = Readonly<Record<string, unknown>>;
type Suggest = (subject: { slug: string; number: string }, problem: Facts) => readonly string[];

const numberIn = (value: unknown): string => {
  const found = typeof value === 'object' && value !== null && 'number' in value ? value.number : value;
  return typeof found === 'number' ? String(found) : '<number>';
};

const suggestions = new Map<string, Suggest>(
  Object.entries<Suggest>({
    'file-not-found': () => ['stemma runs show <run>'],
    'four-eyes': ({ slug, number }) => [
      `stemma --as <somebody else> script show ${slug} ${number}`.trimEnd(),
    ],
    'job-not-found': () => ['stemma projections jobs'],
    'key-not-found': () => ['stemma keys list'],
    'no-active-version': ({ slug }) => [`stemma script versions ${slug}`, `stemma run ${slug} --sandbox`],
    'not-active': ({ slug }) => [`stemma run ${slug}`, `stemma run ${slug} --sandbox --version <number>`],
    'not-approved': ({ slug, number }) => [`stemma --as reviewer script approve ${slug} ${number}`],
    'not-head-draft': ({ slug }, { newestNumber }) => [
      `stemma script submit ${slug} ${numberIn(newestNumber)}`,
    ],
    'not-parked': () => ['stemma projections parked list'],
    'precondition-failed': ({ slug }) => [`stemma script show ${slug}`, `stemma script history ${slug}`],
    'principal-not-found': () => ['stemma principals list'],
    'projection-not-found': () => ['stemma projections status'],
    'review-in-progress': ({ slug }, { inReview }) => [
      `stemma script diff ${slug}`,
      `stemma script withdraw ${slug} ${numberIn(inReview)}`,
    ],
    'content-pruned': ({ slug }) => [`stemma script log ${slug}`, `stemma script versions ${slug}`],
    'route-taken': () => ['stemma script list --type http'],
    'slug-retired': ({ slug }) => [`stemma script log ${slug}`],
    'too-many-triggers': ({ slug }) => [`stemma script triggers ${slug}`],
    'trigger-not-of-type': ({ slug }) => [`stemma script show ${slug}`],
    'trigger-required': ({ slug }) => [`stemma script triggers ${slug} <name> --cron "0 7 * * *"`],
    'version-not-active': ({ slug }) => [`stemma script log ${slug} --active`],
    'run-finished': () => ['stemma runs list'],
    'run-not-found': () => ['stemma runs list'],
    'secret-changed': () => ['stemma secrets list'],
    'secret-not-found': () => ['stemma secrets list'],
    'script-disabled': ({ slug }) => [
      `stemma --as admin script enable ${slug}`,
      `stemma run ${slug} --sandbox`,
    ],
    'services-only': ({ slug }) => [`stemma run ${slug} --sandbox`],
    'script-exists': ({ slug }) => [`stemma script show ${slug}`, `stemma script push ${slug} <file>`],
    'script-not-found': ({ slug }) => ['stemma script list', `stemma script create ${slug}`],
    'stale-base': ({ slug }, { baseNumber, head }) => [
      `stemma script diff ${slug} ${numberIn(baseNumber)} ${numberIn(head)}`,
      `stemma script push ${slug} <file> --base ${numberIn(head)}   (with your change on top of it)`,
    ],
    'tenant-not-found': () => ['stemma tenants list'],
    unauthenticated: () => ['stemma whoami --as author'],
    'use-rollback': ({ slug, number }) => [`stemma script rollback ${slug} ${number || '<version>'}`],
    'version-never-active': ({ slug }) => [`stemma script versions ${slug}`],
    'version-not-draft': ({ slug }) => [`stemma script push ${slug} <file>`],
    'version-not-found': ({ slug }) => [`stemma script versions ${slug}`],
    'version-not-in-review': ({ slug, number }) => [`stemma script submit ${slug} ${number}`],
  }),
);

/** Commands that lead on from a refusal, by its code; none for codes whose own words say enough. */
export function suggestNext(code: string, subject: Subject, problem: Facts): readonly string[] {
  const { slug = '<slug>', number = '' } = subject;
  const lines = suggestions.get(code)?.({ slug, number: String(number) }, problem) ?? [];
  return lines.map((line) => line.trimEnd());
}
