/**
 * Who may import whom: the one table behind `.dependency-cruiser.mjs` and the spec that breaks each rule once.
 * A rule without a breach fails that spec, so add both together.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';

const everywhere = ['libs/config', 'libs/observability'];

/**
 * What the production code of a package may import besides itself; specs may import any package's public face.
 * `libs/testing` is absent because it may import anything.
 *
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const mayImport = {
  'apps/api': [
    'libs/commands',
    'projections',
    'libs/read-model',
    'libs/event-store',
    'libs/contracts',
    'libs/queue',
    'libs/blob-store',
    'libs/audit',
    ...everywhere,
  ],
  'apps/projector': ['projections', 'libs/read-model', 'libs/event-store', ...everywhere],
  'apps/worker': [
    'libs/commands',
    'libs/queue',
    'libs/runner',
    'libs/blob-store',
    'libs/event-store',
    'libs/read-model',
    'projections',
    'libs/domain',
    ...everywhere,
  ],
  'apps/cli': [
    'libs/contracts',
    'libs/client',
    'libs/event-node',
    'libs/event-store',
    'libs/audit',
    'libs/domain',
    ...everywhere,
  ],
  'apps/console': ['libs/contracts', 'libs/client', ...everywhere],
  'apps/local': ['libs/client', ...everywhere],
  projections: ['libs/domain', 'libs/read-model'],
  'libs/decider': [],
  'libs/domain': ['libs/decider'],
  'libs/commands': ['libs/domain', 'libs/decider', 'libs/event-store', ...everywhere],
  'libs/event-store': ['libs/decider', ...everywhere],
  'libs/contracts': ['libs/domain', ...everywhere],
  'libs/client': ['libs/contracts', ...everywhere],
  'libs/audit': ['libs/domain', 'libs/event-store', ...everywhere],
  'libs/event-node': everywhere,
  'libs/read-model': everywhere,
  'libs/queue': everywhere,
  'libs/blob-store': everywhere,
  'libs/runner': everywhere,
  'libs/config': [],
  'libs/observability': ['libs/config'],
  bench: [
    'libs/domain',
    'libs/client',
    'libs/contracts',
    'libs/event-store',
    'libs/event-node',
    'libs/read-model',
    'projections',
    'apps/local',
    ...everywhere,
  ],
};

/** Where packages live, as the start of a path: `$1` of a rule's `from` is the package itself. */
const PACKAGE = '((?:apps|libs)/[^/]+|projections|bench)/';
const SPEC = String.raw`\.(spec|fixtures)\.ts$`;
const startOf = (folders) => folders.map((folder) => `^${folder}/`);
const npm = ['npm', 'npm-dev', 'npm-no-pkg', 'npm-optional', 'npm-peer', 'npm-unknown'];

/** @type {(folder: string) => string} */
export const nameOf = (folder) => `@stemma/${path.basename(folder)}`;
const stranger = (folder) => (mayImport[folder].includes('libs/runner') ? 'libs/client' : 'libs/runner');

/** A breach is one file of a miniature tree whose one import breaks exactly this rule. */
const neighbours = Object.entries(mayImport).map(([folder, allowed]) => ({
  name: `neighbours-of-${path.basename(folder)}`,
  comment: `${folder} may import only ${allowed.map(nameOf).join(', ') || 'no other package'}.`,
  from: { path: `^${folder}/`, pathNot: SPEC },
  to: { path: `^${PACKAGE}`, pathNot: startOf([folder, 'libs/testing', ...allowed]) },
  breaches: [{ in: folder, imports: nameOf(folder === 'libs/runner' ? 'libs/client' : stranger(folder)) }],
}));

const boundaries = [
  {
    name: 'only-specs-import-testing',
    comment: '@stemma/testing never stands in production code: only specs import it.',
    from: { pathNot: [SPEC, '^libs/testing/'] },
    to: { path: '^libs/testing/' },
    breaches: [
      { in: 'libs/commands', imports: '@stemma/testing' },
      { in: 'bench', imports: '@stemma/testing' },
    ],
  },
  {
    name: 'projections-see-only-events',
    comment: 'A projection folds events: of the domain it imports @stemma/domain/events and nothing else.',
    from: { path: '^projections/', pathNot: SPEC },
    to: { path: '^libs/domain/', pathNot: String.raw`^libs/domain/src/events\.ts$` },
    breaches: [{ in: 'projections/scripts', imports: '@stemma/domain' }],
  },
  {
    name: 'worker-sees-only-events',
    comment:
      'The worker decides through commands: of the domain it imports @stemma/domain/events and nothing else.',
    from: { path: '^apps/worker/', pathNot: SPEC },
    to: { path: '^libs/domain/', pathNot: String.raw`^libs/domain/src/events\.ts$` },
    breaches: [{ in: 'apps/worker', imports: '@stemma/domain' }],
  },
  {
    name: 'projections-stand-alone',
    comment: 'A projection never imports another one: what two share belongs in @stemma/read-model.',
    from: { path: '^projections/([^/]+)/' },
    to: { path: '^projections/', pathNot: '^projections/$1/' },
    breaches: [{ in: 'projections/scripts', imports: '../versions/versions.queries.js' }],
  },
  {
    name: 'cli-speaks-http',
    comment: 'The cli speaks HTTP; only its local commands (src/local/) open a log or a node themselves.',
    from: { path: '^apps/cli/', pathNot: [SPEC, '^apps/cli/src/local/'] },
    to: { path: startOf(['libs/event-node', 'libs/event-store', 'libs/audit', 'libs/domain']).join('|') },
    breaches: [
      { in: 'apps/cli', imports: '@stemma/event-node' },
      { in: 'apps/cli', imports: '@stemma/domain' },
    ],
  },
  {
    name: 'domain-stands-alone',
    comment: 'The domain is pure: of npm it imports zod, uuid and canonicalize, of Node only node:crypto.',
    from: { path: '^libs/domain/', pathNot: SPEC },
    to: {
      dependencyTypes: ['core', ...npm],
      pathNot: ['^crypto$', '^node_modules/(zod|uuid|canonicalize)/'],
    },
    breaches: [
      { in: 'libs/domain', imports: 'node:fs' },
      { in: 'libs/domain', imports: 'kysely' },
    ],
  },
  {
    name: 'decider-stands-alone',
    comment: 'The decider has no dependency at all.',
    from: { path: '^libs/decider/', pathNot: SPEC },
    to: { dependencyTypes: ['core', ...npm] },
    breaches: [
      { in: 'libs/decider', imports: 'node:crypto' },
      { in: 'libs/decider', imports: 'zod' },
    ],
  },
];

const hygiene = [
  {
    name: 'no-cycles',
    comment: 'Two files that need each other are one file, or three.',
    from: {},
    to: { circular: true },
    breaches: [
      { in: 'libs/runner', imports: './no-cycles-1.js' },
      { in: 'libs/runner', imports: './no-cycles-0.js' },
    ],
  },
  {
    name: 'by-package-name',
    comment: 'Another package is imported by its name, never by a relative path past its exports.',
    from: { path: `^${PACKAGE}` },
    to: { path: `^${PACKAGE}`, pathNot: '^$1/', dependencyTypesNot: ['aliased-workspace'] },
    breaches: [{ in: 'libs/commands', imports: '../../domain/src/index.js' }],
  },
  {
    name: 'resolvable',
    comment:
      'The import leads nowhere: a missing file or package, or a path that the package does not export.',
    from: {},
    to: { couldNotResolve: true },
    breaches: [
      { in: 'libs/commands', imports: '@stemma/domain/src/script.js' },
      { in: 'libs/commands', imports: './not-there.js' },
      { in: 'libs/commands', imports: 'not-installed' },
    ],
  },
  {
    name: 'one-entry',
    comment:
      'A package has one entry, src/index.ts (projections: index.ts) or exported subpaths; no other index file.',
    from: {},
    to: {
      path: String.raw`(^|/)index\.ts$`,
      pathNot: [
        String.raw`^(apps|libs)/[^/]+/src/index\.ts$`,
        String.raw`^projections/index\.ts$`,
        'node_modules',
      ],
    },
    breaches: [{ in: 'libs/domain', imports: './script/index.js' }],
  },
  {
    name: 'no-dev-dependencies',
    comment: 'Production code imports only what is installed in production: move it to dependencies.',
    from: { pathNot: [SPEC, String.raw`^[^/]*$`, '^scripts/'] },
    to: { dependencyTypes: ['npm-dev'], pathNot: '^node_modules/@types/' },
    breaches: [{ in: 'libs/runner', imports: 'a-dev-tool' }],
  },
  {
    name: 'listed-in-package-json',
    comment: 'A package imports only what its own package.json lists.',
    from: {},
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    breaches: [{ in: 'libs/runner', imports: 'not-listed' }],
  },
];

/** Dependency-cruiser sees workspace packages as files, so that they are listed is a rule made from each package.json. */
function listed(folder) {
  const { dependencies = {}, devDependencies = {} } = read(path.join(folder, 'package.json'));
  const rule = (name, comment, from, names) => ({
    name: `${name}-by-${path.basename(folder)}`,
    comment,
    from: { path: `^${folder}/`, ...from },
    to: { path: `^${PACKAGE}`, pathNot: startOf([folder, ...foldersOf(names)]) },
  });
  return [
    rule(
      'listed',
      `${folder}/package.json does not list this package in dependencies.`,
      { pathNot: SPEC },
      Object.keys(dependencies),
    ),
    rule(
      'listed-for-specs',
      `${folder}/package.json does not list this package in devDependencies.`,
      { path: `^${folder}/.*${SPEC}` },
      Object.keys({ ...dependencies, ...devDependencies }),
    ),
  ];
}

const read = (file) => JSON.parse(readFileSync(file, 'utf8'));

/**
 * The folders of all workspaces below the current directory.
 *
 * @returns {string[]}
 */
export function workspaces() {
  return read('package.json')
    .workspaces.flatMap((pattern) => globSync(pattern))
    .filter((folder) => existsSync(path.join(folder, 'package.json')))
    .sort();
}

const foldersOf = (names) => workspaces().filter((folder) => names.includes(nameOf(folder)));

/** @type {{ name: string, comment: string, from: object, to: object, breaches: { in: string, imports: string }[] }[]} */
export const rules = [...neighbours, ...boundaries, ...hygiene];
export const listedRules = () => workspaces().flatMap(listed);
