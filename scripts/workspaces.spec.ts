import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { nameOf, workspaces } from './import-rules.mjs';

interface Manifest {
  readonly name: string;
  readonly private: boolean;
  readonly type: string;
  readonly license: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

interface TsConfig {
  readonly references?: readonly { readonly path: string }[];
}

const root = path.resolve(import.meta.dirname, '..');
const folders = workspaces();
const read = <T>(...file: string[]) => JSON.parse(readFileSync(path.join(root, ...file), 'utf8')) as T;

/** The folders that a tsconfig refers to, from the root. */
function references(folder: string, file: string): string[] {
  const { references: listed = [] } = read<TsConfig>(folder, file);
  return listed.map((reference) => path.join(folder, reference.path)).sort();
}

/** The folders of the packages of this house that a manifest depends on. */
function internal({ dependencies = {} }: Manifest): string[] {
  return folders.filter((folder) => nameOf(folder) in dependencies);
}

describe('each workspace', () => {
  it.each(folders)('%s is built after exactly the packages that it depends on', (folder) => {
    expect(references(folder, 'tsconfig.json')).toEqual(internal(read<Manifest>(folder, 'package.json')));
  });

  it.each(folders)(
    '%s has the name of its folder, this licence, and is an unpublished ES module',
    (folder) => {
      expect(read<Manifest>(folder, 'package.json')).toMatchObject({
        name: nameOf(folder),
        license: 'Apache-2.0',
        private: true,
        type: 'module',
      });
    },
  );

  it.each(folders.filter((folder) => folder.startsWith('libs/')))(
    '%s says in a README what it is for',
    (folder) => {
      expect(existsSync(path.join(root, folder, 'README.md'))).toBe(true);
    },
  );
});

describe('all workspaces', () => {
  it('are built, and checked with the specs', () => {
    expect(references('.', 'tsconfig.json')).toEqual([...folders, 'tsconfig.spec.json'].sort());
    expect(references('.', 'tsconfig.spec.json')).toEqual(folders);
  });

  it('that are apps can be built by `nest build <app>`', () => {
    const apps = folders.filter((folder) => folder.startsWith('apps/'));
    const entries = apps.map((app) => [
      path.basename(app),
      {
        type: 'application',
        root: app,
        sourceRoot: `${app}/src`,
        compilerOptions: { tsConfigPath: `${app}/tsconfig.json` },
      },
    ]);
    expect(read<{ projects: object }>('nest-cli.json').projects).toEqual(Object.fromEntries(entries));
  });
});
