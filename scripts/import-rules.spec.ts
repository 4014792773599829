import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { listedRules, mayImport, nameOf, rules, workspaces } from './import-rules.mjs';

const root = path.resolve(import.meta.dirname, '..');
const npmPackages = ['zod', 'uuid', 'canonicalize', 'kysely'];
const packages = [...Object.keys(mayImport), 'libs/testing'];
const trees: string[] = [];

afterAll(() => trees.forEach((tree) => rmSync(tree, { recursive: true })));

describe('import rules', () => {
  it('know every package there is', () => {
    expect(packages).toEqual(expect.arrayContaining(workspaces()));
  });

  it('each have a breach', () => {
    const unproven = rules.filter(({ breaches }) => breaches.length === 0).map(({ name }) => name);
    expect(unproven).toEqual([]);
  });

  it('let a clean tree pass', () => {
    expect(violations(tree(cleanFiles()))).toEqual({});
  });

  it('each report their own breach, and nothing else does', () => {
    const breaches = [...rules.flatMap(breachesOf), ...unlisted];
    const files = breaches.map(({ file, source }): [string, string] => [file, source]);
    const expected = breaches.map(({ file, rule }) => [file, [rule]]);
    expect(violations(tree(Object.fromEntries(files)))).toEqual(Object.fromEntries(expected));
  });

  it('cover every package.json of the house', () => {
    expect(listedRules()).toHaveLength(2 * workspaces().length);
  });
});

interface Breach {
  readonly rule: string;
  readonly file: string;
  readonly source: string;
}

const sourceOf = (specifier: string) => `export * from '${specifier}';\n`;

function breachesOf({ name, breaches }: (typeof rules)[number]): Breach[] {
  return breaches.map((breach, index) => ({
    rule: name,
    file: path.join(sources(breach.in), `${name}-${index}.ts`),
    source: sourceOf(breach.imports),
  }));
}

/** Of the miniature tree, only libs/queue is listed in no package.json. */
const unlisted: Breach[] = [
  { rule: 'listed-by-testing', file: 'libs/testing/src/unlisted.ts' },
  { rule: 'listed-for-specs-by-testing', file: 'libs/testing/src/unlisted.spec.ts' },
].map((breach) => ({ ...breach, source: sourceOf('@stemma/queue') }));

function sources(folder: string): string {
  return /^(apps|libs)\//.test(folder) ? path.join(folder, 'src') : folder;
}

/** One file per package that imports all it may, and a spec that imports @stemma/testing. */
function cleanFiles(): Record<string, string> {
  const files = Object.entries(mayImport).flatMap(([folder, allowed]): [string, string][] => [
    [
      path.join(sources(folder), 'local/clean.ts'),
      allowed.map((to) => sourceOf(entryFor(folder, to))).join(''),
    ],
    [path.join(sources(folder), 'clean.spec.ts'), sourceOf('@stemma/testing') + sourceOf('a-dev-tool')],
  ]);
  const pure = ['zod', 'uuid', 'canonicalize', 'node:crypto'].map(sourceOf).join('');
  return Object.fromEntries([...files, ['libs/domain/src/clean.ts', pure]]);
}

function entryFor(folder: string, imported: string): string {
  if (imported === 'libs/domain' && /^(projections|apps\/worker)$/.test(folder))
    return '@stemma/domain/events';
  if (imported === 'projections' && folder !== 'apps/projector') return '@stemma/projections/scripts';
  return nameOf(imported);
}

/** A miniature of the house in a temporary folder: every package with its entry, the named npm packages, and `files`. */
function tree(files: Record<string, string>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'stemma-imports-'));
  trees.push(folder);
  const write = (file: string, text: string) => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  };
  const manifest = {
    workspaces: ['apps/*', 'libs/*', 'projections', 'bench'],
    devDependencies: { 'a-dev-tool': '1' },
  };
  write('package.json', JSON.stringify(manifest));
  for (const name of [...npmPackages, 'a-dev-tool', 'not-listed']) installed(write, name);
  for (const of of packages) {
    packageFiles(write, of);
    mkdirSync(path.join(folder, 'node_modules/@stemma'), { recursive: true });
    symlinkSync(path.join(folder, of), path.join(folder, 'node_modules', nameOf(of)));
  }
  for (const [file, text] of Object.entries(files)) write(file, text);
  return folder;
}

type Write = (file: string, text: string) => void;

function installed(write: Write, name: string): void {
  write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }));
  write(`node_modules/${name}/index.js`, 'export {};\n');
}

function packageFiles(write: Write, folder: string): void {
  const names = [
    ...packages.filter((name) => name !== 'libs/queue' || folder !== 'libs/testing').map(nameOf),
    ...npmPackages,
  ];
  const dependencies = Object.fromEntries(names.map((name) => [name, '1']));
  write(
    `${folder}/package.json`,
    JSON.stringify({ name: nameOf(folder), exports: exportsOf(folder), dependencies }),
  );
  const entries: Record<string, string[]> = {
    'libs/domain': ['events.ts', 'script/index.ts'],
    projections: ['scripts/scripts.queries.ts', 'versions/versions.queries.ts'],
  };
  for (const file of ['index.ts', ...(entries[folder] ?? [])]) {
    write(path.join(sources(folder), file), 'export const entry = true;\n');
  }
}

function exportsOf(folder: string): Record<string, { source: string }> {
  const entry = { '.': { source: folder === 'projections' ? './index.ts' : './src/index.ts' } };
  if (folder === 'libs/domain') return { ...entry, './events': { source: './src/events.ts' } };
  if (folder === 'projections') return { ...entry, './*': { source: './*/*.queries.ts' } };
  return entry;
}

interface Cruised {
  readonly source: string;
  readonly dependencies: readonly { readonly rules?: readonly { readonly name: string }[] }[];
}

/** The rules broken by each file of a tree, as dependency-cruiser reports them. */
function violations(folder: string): Record<string, string[]> {
  const cruiser = path.join(root, 'node_modules/.bin/depcruise');
  const config = path.join(root, '.dependency-cruiser.mjs');
  const houses = ['apps', 'libs', 'projections', 'bench'];
  const args = [cruiser, '--config', config, '--output-type', 'json', ...houses];
  const found: Record<string, string[]> = {};
  const { modules } = JSON.parse(output(args, folder)) as { modules: Cruised[] };
  for (const { source, dependencies } of modules) {
    const broken = dependencies.flatMap(({ rules }) => (rules ?? []).map(({ name }) => name));
    if (broken.length > 0) found[source] = broken;
  }
  return found;
}

/** With JSON output dependency-cruiser reports violations and still exits 0. */
function output(args: string[], cwd: string): string {
  return execFileSync(process.execPath, args, { cwd, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}
